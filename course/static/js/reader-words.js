// From text to words: the tokens of an answer and the names that they spell. Twin of grader/lexer.py and grader/spelling.py.
export const LIMIT = { characters: 1500, nodes: 500, depth: 32, digits: 20, decimal: 30, power: 10000 };
const one = (names) => names.split(" ").map((name) => [name, [1, 1]]);
export const FUNCTIONS = Object.fromEntries([...one("exp ln sqrt abs sin cos tan sinh cosh tanh sigmoid relu sigmoid' tanh' relu'"),
  ["max", [2, 2]], ["min", [2, 2]], ["leaky", [1, 2]], ["leaky'", [1, 2]]]);
const ALIASES = { log: "ln", sigma: "sigmoid", "sigma'": "sigmoid'", leaky_relu: "leaky", "leaky_relu'": "leaky'" };
const SMALL = "αalpha βbeta γgamma δdelta εepsilon ζzeta ηeta θtheta ιiota κkappa λlambda μmu νnu ξxi οomicron πpi ρrho σsigma τtau υupsilon φphi χchi ψpsi ωomega".split(" ");
const capital = (word) => word[0].toUpperCase() + word[1].toUpperCase() + word.slice(2);
const GREEK = Object.fromEntries([...SMALL, ...SMALL.map(capital), "ϵepsilon", "ϑtheta", "ϕphi", "ϱrho", "ϰkappa", "µmu"].map((word) => [word[0], word.slice(1)]));
export const LETTER_OF = Object.fromEntries([...SMALL, ...SMALL.map(capital)].map((word) => [word.slice(1), word[0]]));
const LETTERS = { ...GREEK, "∂": "d", "√": "sqrt" };
const FOLD = {};
for (const [plain, odd] of Object.entries({ "-": "−–‐‑‒﹣", "*": "×∗✕⨯⁎\u2062", "·": "⋅∙•‧", "/": "÷∕⁄", "'": "′’ʹ´", "|": "∣",
  " ": "\xa0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u2061\u3000" })) for (const character of odd) FOLD[character] = plain;
for (let i = 0; i < 94; i++) FOLD[String.fromCharCode(0xff01 + i)] = String.fromCharCode(0x21 + i);

// One sign that is a fraction: "½" -> ["1", "2"].
export const VULGAR = Object.fromEntries([..."¼½¾⅐⅑⅒⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"].map((sign) => [sign, sign.normalize("NFKD").split("\u2044")]));
const VARIANTS = ["epsilon", "theta", "phi", "rho", "kappa"].map((name) => `var${name}`);
const COMMANDS = [...Object.values(GREEK), ...Object.keys(FUNCTIONS), ...Object.keys(ALIASES), ...VARIANTS]
  .filter((name) => /^[A-Za-z]+$/.test(name) && name !== "omicron" && name !== "sqrt");
const ROOT = "√|\\\\sqrt(?![A-Za-z])";
const START = `[A-Za-z${Object.keys(GREEK).join("")}ÂâĈĉÊêĜĝĤĥÎîĴĵÔôŜŝÛûŴŵŶŷẐẑ∂]\u0302?|\\\\partial(?![A-Za-z])[ ]*`
  + "|\\\\(?:wide)?hat(?:[ ]*\\{[ ]*[A-Za-z][ ]*\\}|[ ]+[A-Za-z])|\\\\(?:mathrm|operatorname\\*?|text|mathit|mathcal)\\{[A-Za-z]+\\}"
  + `|\\\\(?:${COMMANDS.join("|")})(?![A-Za-z])`;
const REST = "[0-9]+|[₀-₉]+|_\\{[ ]*(?:[A-Za-z0-9]+|\\\\(?:text|mathrm)\\{[A-Za-z0-9]+\\})[ ]*\\}|_(?=[A-Za-z0-9\\\\])"
  + "|'|\\^\\\\prime(?![A-Za-z])|\\^\\{(?:\\\\prime|new|\\\\text\\{new\\}|\\\\mathrm\\{new\\})\\}";
const ATOM = new RegExp(`(?<letter>${ROOT}|${START})|${REST}`, "gu");
const TOKEN = new RegExp("(?<space>(?:[ \\t\\n\\r]|\\\\[,;:! ]|\\\\(?:left|right|[bB]igg?[lrm]?|quad|qquad|displaystyle|textstyle)(?![A-Za-z]))+)"
  + "|(?<number>(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][-+]?[0-9]+)?)"
  + "|(?<sign>\\*\\*|[-+*/^()\\[\\]{}|,;=%·]|\\\\(?:cdot|times|ast|div|[dt]?frac|[lr]?vert)(?![A-Za-z])|\\\\[%{}])"
  + `|(?<word>${ROOT}|(?:${START})(?:${START}|${REST})*)`
  + "|(?<power>[⁺⁻]?[⁰¹²³⁴-⁹]+)|(?<vulgar>[" + Object.keys(VULGAR).join("") + "])|(?<command>\\\\(?:[A-Za-z]+|[!-~])?)|(?<other>.)", "gsu");
const PLAIN = { "\\cdot": "*", "\\times": "*", "\\ast": "*", "\\{": "[", "\\}": "]", "\\div": "/", "**": "^", "\\%": "%", "\\frac": "frac", "\\dfrac": "frac", "\\tfrac": "frac",
  "\\vert": "|", "\\lvert": "|", "\\rvert": "|" };


export class Unreadable extends Error {
  constructor(code, span, params = {}, fix = null) { super(code); Object.assign(this, { code, span, params, fix }); }
}
export const mended = (text, [start, end], by) => text.slice(0, start) + by + text.slice(end);
export const spanOf = (first, last = first) => [first.start, last.end];

// ---- text -> tokens -----------------------------------------------------------------------------------------
export function tokens(text) {
  const folded = [...text].map((c) => FOLD[c] ?? c).join("");
  const dollars = /^[ \t\n\r]*(\${1,2})[^]+\1[ \t\n\r]*$/.exec(folded);
  const start = dollars ? folded.indexOf(dollars[1]) + dollars[1].length : 0;
  const found = [];
  for (const match of folded.slice(start, dollars ? folded.lastIndexOf(dollars[1]) : folded.length).matchAll(TOKEN)) {
    const kind = Object.keys(match.groups).find((name) => match.groups[name] !== undefined);
    const token = { kind, text: match[0], start: start + match.index, end: start + match.index + match[0].length };
    if (kind === "space") continue;
    if (kind === "sign") token.kind = PLAIN[token.text] ?? token.text;
    if (kind === "other" || kind === "command") refuse(kind, text, spanOf(token));
    found.push(token);
    if (found.length > 2 * LIMIT.nodes) throw new Unreadable("too-many-parts", [0, text.length], { limit: `${LIMIT.nodes}` });
  }
  return [...found, { kind: "end", text: "", start: text.length, end: text.length }];
}
// Controls, half and private characters, and what no font shows.
const INVISIBLE = new RegExp("[\\0-\\x1f\\x7f-\\x9f\\xad\\u034f\\u0600-\\u0605\\u061c\\u06dd\\u070f\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u2028-\\u202e"
  + "\\u2060-\\u206f\\u2800\\u3164\\ud800-\\uf8ff\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffb\\ufffe\\uffff\\u{e0000}-\\u{e0fff}\\u{f0000}-\\u{10ffff}]", "u");
function refuse(kind, text, span) {
  const found = text.slice(...span);
  if (kind === "other" && INVISIBLE.test(found)) {
    const point = `U+${found.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
    throw new Unreadable("invisible", span, { found: point }, mended(text, span, ""));
  }
  throw new Unreadable(kind === "command" ? "command" : "character", span, { found });
}
function folded(piece) {
  if (/^[A-Za-z0-9]+$/.test(piece)) return piece;
  if (piece[0] === "'" || piece[0] === "^") return "new";
  if (piece[0] === "_") return piece.split("{").at(-1).replace(/[_} ]/g, "");
  if (piece[0] !== "\\") return [...piece.normalize("NFD")].map((c) => LETTERS[c] ?? ("₀" <= c && c <= "₉" ? c.charCodeAt(0) - 0x2080 : c)).join("").replaceAll("\u0302", "hat");
  const name = piece.slice(1).trim();
  if (name === "partial") return "d";
  if (/^(wide)?hat/.test(name)) return `${name.replace(/[} ]+$/, "").at(-1)}hat`;
  return name.includes("{") ? name.slice(name.indexOf("{") + 1, -1) : name.replace(/^var/, "");
}
function atoms(word) {
  let bound = false; // a name cannot begin inside an index
  return [...word.matchAll(ATOM)].map((match) => {
    const atom = { folded: folded(match[0]), start: match.index, opens: match.groups.letter !== undefined && !bound };
    bound = match[0] === "_";
    return atom;
  });
}
const join = (parts) => parts.map((atom) => atom.folded).join("");
const key = (word) => join(atoms([...word].map((c) => FOLD[c] ?? c).join("")));
const CALLED = [...Object.keys(FUNCTIONS).map((name) => [name, name]), ...Object.entries(ALIASES)].map(([word, name]) => [key(word), { kind: "function", text: name }]);

// ---- words -> names -----------------------------------------------------------------------------------------
const known = new Map();
export function vocabulary(names) {
  const id = names.join(" ");
  if (!known.has(id)) {
    const keys = new Map([...CALLED, ...names.map((name) => [key(name), { kind: "name", text: name }])]);
    const words = new Map([["pi", { kind: "constant", text: "pi" }], ["e", { kind: "constant", text: "e" }], ...keys]);
    const fractions = names.map((name) => [/^(d.+?)_(d.+)$/.exec(name), name]).filter(([match]) => match);
    const derivatives = new Map(fractions.map(([match, name]) => [`${key(match[1])}/${key(match[2])}`, name]));
    known.set(id, { names, keys, words, derivatives, longest: Math.max(0, ...[...keys.keys()].map((word) => word.length)) });
  }
  return known.get(id);
}
const FRACTION = "frac { word } { word }";
export function spelled(found, vocab, text) {
  const result = [];
  for (let at = 0; at < found.length;) {
    const token = found[at];
    let pieces = null, width = 1;
    if (token.kind === "word" && found[at + 1].kind === "/" && found[at + 2].kind === "word") [pieces, width] = [quotient(token, found[at + 2], vocab, text, true), 3];
    else if (token.kind === "frac" && found.slice(at, at + 7).map((t) => t.kind).join(" ") === FRACTION) {
      [pieces, width] = [quotient(found[at + 2], found[at + 5], vocab, text, false), 7];
      if (pieces) Object.assign(pieces[0], { start: token.start, end: found[at + 6].end });
    }
    if (!pieces) [pieces, width] = [token.kind === "word" ? cut(token, found[at + 1].kind, vocab, text) : [token], 1];
    result.push(...pieces);
    at += width;
  }
  return result;
}
function quotient(top, bottom, vocab, text, slashed) {
  const pair = [key(top.text), key(bottom.text)];
  const span = spanOf(top, bottom);
  const name = vocab.derivatives.get(pair.join("/"));
  if (name) return [{ kind: "name", text: name, start: span[0], end: span[1], slashed }];
  const odd = ({ text: word }, spelling) => "d∂\\".includes(word[0]) && spelling[0] === "d" && spelling.length > 1 && !vocab.words.has(spelling);
  if (odd(top, pair[0]) && odd(bottom, pair[1]) && !splits(atoms(top.text), vocab, false).length) throw new Unreadable("unknown-derivative", span, { found: text.slice(...span) });
  return null;
}
function cut(token, follows, vocab, text) {
  const hit = vocab.words.get(token.text) ?? vocab.words.get(key(token.text));
  if (hit) return [{ ...token, ...hit }];
  const parts = atoms(token.text);
  const named = splits(parts, vocab, follows === "(" || follows === "[");
  const ways = named.length ? named : splits(parts, vocab, true); // the brackets are all that is missing
  const span = spanOf(token);
  const stretches = ways.map((ends) => ends.map((end, i) => {
    const start = i ? ends[i - 1] : 0;
    const stop = end < parts.length ? parts[end].start : token.text.length;
    return { ...vocab.keys.get(join(parts.slice(start, end))), start: token.start + parts[start].start, end: token.start + stop, glued: start > 0 };
  }));
  if (!ways.length) throw unknown(token.text, span, vocab, text);
  if (ways.length === 1) return stretches[0];
  const [first, second] = stretches.map((pieces) => pieces.map((piece) => piece.text).join("*"));
  throw new Unreadable("two-splits", span, { found: text.slice(...span), first, second });
}
function splits(parts, vocab, lastMayCall) { // at most two ways, longest names first: where the names end
  const ways = parts.map(() => []);
  for (let start = parts.length - 1; start >= 0; start--) {
    if (!parts[start].opens) continue;
    const found = [];
    for (let end = start + 1, piece = ""; end <= parts.length; end++) {
      piece += parts[end - 1].folded;
      if (piece.length > vocab.longest) break;
      const hit = vocab.keys.get(piece);
      if (hit && end === parts.length && (hit.kind === "name" || lastMayCall)) found.push([end, 0]);
      else if (hit && end < parts.length && hit.kind === "name") ways[end].forEach((_, way) => found.push([end, way]));
    }
    ways[start] = found.reverse().slice(0, 2);
  }
  return ways[0].map((_, way) => {
    const ends = [];
    for (let at = 0, w = way; at < parts.length;) { [at, w] = ways[at][w]; ends.push(at); }
    return ends;
  });
}
function unknown(word, span, vocab, text) {
  const found = text.slice(...span);
  const near = nearest(key(word), vocab);
  if (near) return new Unreadable("near-name", span, { found, near }, mended(text, span, near));
  return vocab.names.length ? new Unreadable("unknown-name", span, { found, names: vocab.names.join(", ") }) : new Unreadable("no-names", span, { found });
}
function nearest(word, vocab) {
  if (word.length > 2 * vocab.longest) return null;
  const same = new Set([...vocab.words].filter(([spelling]) => spelling.toLowerCase() === word.toLowerCase()).map(([, hit]) => hit.text));
  if (same.size === 1) return [...same][0];
  const ranked = [...vocab.keys].filter(([spelling]) => isAlike(word, spelling)).map(([spelling, hit]) => [distance(word, spelling), hit.text]);
  const least = Math.min(Math.floor((word.length + 1) / 3), ...ranked.map(([d]) => d));
  const best = new Set(ranked.filter(([d]) => d === least).map(([, name]) => name));
  return best.size === 1 ? [...best][0] : null;
}
const isAlike = (left, right) => left[0].toLowerCase() === right[0].toLowerCase() && left.replace(/[^0-9]/g, "") === right.replace(/[^0-9]/g, "");
function distance(left, right) { // Levenshtein
  const row = [...Array(right.length + 1).keys()];
  [...left].forEach((a, i) => {
    let previous = row[0];
    row[0] = i + 1;
    [...right].forEach((b, j) => { [previous, row[j + 1]] = [row[j + 1], Math.min(row[j + 1] + 1, row[j] + 1, previous + (a !== b))]; });
  });
  return row[right.length];
}
