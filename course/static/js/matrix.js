// A whole matrix in one box. Twin of grader/matrix.py; both pass tests/tables/matrices.json.
import { Unreadable, mathml, read } from "./reader.js";
import { LIMIT, mended, spanOf, tokens } from "./reader-words.js";
import { isLabel } from "./working.js";

const MOST_ENTRIES = 100;
const CLOSING = { "(": ")", "[": "]", "{": "}" };

/** The rows of a matrix; `loose`: a single row typed without a direction; `shape`: what is asked. Throws Unreadable. */
export function readMatrix(text, names, own = "", shape = null) {
  if ([...text].length > LIMIT.characters) throw new Unreadable("too-long", [LIMIT.characters, text.length], { limit: `${LIMIT.characters}` });
  const bare = withoutLabel(withoutLatex(text), names, own);
  const plain = shape && !text.includes("\\begin") ? pointed(bare, (each) => hasShape(each, shape)) : bare;
  const found = tokens(plain);
  if (found.length === 1) throw new Unreadable("empty", [0, text.length]);
  const { loose, rows } = rowsOf(found, partnersOf(found, text), text);
  checkLengths(rows, found, text);
  return { loose, rows: rows.map((row, i) => row.map((piece, j) => entry(plain, between(found, piece), names, { row: `${i + 1}`, column: `${j + 1}` }))) };
}

// LaTeX's matrices in brackets and a label left blank, every character in its place.
function withoutLatex(text) {
  if (!text.includes("\\begin")) return text;
  const bracketed = text.replace(/\\begin\{[pbBv]?matrix\}/g, (found) => "[".padEnd(found.length)).replace(/\\end\{[pbBv]?matrix\}/g, (found) => "]".padEnd(found.length));
  return bracketed.replaceAll("\\\\", "; ").replaceAll("&", ",");
}
function withoutLabel(text, names, own) {
  const at = text.indexOf("=");
  return at >= 0 && isLabel(text.slice(0, at), names, own) ? " ".repeat(at + 1) + text.slice(at + 1) : text;
}

// Decimal commas: the shape that is asked decides whether a comma between digits parts two entries.
const COMMA = /(?<![\w.,])[0-9]+,(?=[0-9]+(?![\w.]|,\S))/g;
const MOST_COMMAS = 6; // of which each may be either
function pointed(text, fits) {
  const commas = [...text.matchAll(COMMA)].map((found) => found.index + found[0].length - 1).filter((place) => partsEntries(text, place));
  if (!commas.length || fits(text)) return text;
  const found = readings(text, commas).filter(fits);
  if (found.length < 2) return found[0] ?? text;
  const [first, second] = found.map((each) => each.trim().split(/\s+/).join(" "));
  throw new Unreadable("matrix-commas", [commas[0], commas.at(-1) + 1], { found: text.trim(), first, second });
}
function readings(text, commas) { // with points for all commas first, then for fewer
  const choices = commas.length > MOST_COMMAS ? [commas] : commas.reduceRight((sets, comma) => [...sets.map((set) => [comma, ...set]), ...sets], [[]]).filter((set) => set.length);
  choices.sort((a, b) => b.length - a.length);
  return choices.map((chosen) => [...text].map((sign, at) => (chosen.includes(at) ? "." : sign)).join(""));
}
function partsEntries(text, place) {
  const opened = [];
  for (const sign of text.slice(0, place)) {
    if ("([{".includes(sign)) opened.push(sign);
    else if (")]}".includes(sign)) opened.pop();
  }
  return opened.length === 1 || (opened.length === 2 && opened[1] === "[");
}
function hasShape(text, [rows, columns]) {
  try {
    const found = tokens(text);
    const typed = rowsOf(found, partnersOf(found, text), text);
    const [height, width] = [typed.rows.length, typed.rows[0].length];
    const fits = (height === rows && width === columns) || (typed.loose && height === 1 && columns === 1 && width === rows);
    return fits && typed.rows.every((row) => row.length === width);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return false;
  }
}

function partnersOf(found, text) {
  const partners = new Map(), waiting = [];
  found.forEach((token, place) => {
    if (token.kind in CLOSING) waiting.push(place);
    else if (Object.values(CLOSING).includes(token.kind)) {
      if (!waiting.length) throw new Unreadable("unopened", spanOf(token), { found: text.slice(...spanOf(token)) });
      const opened = found[waiting.at(-1)].kind;
      if (CLOSING[opened] !== token.kind) throw new Unreadable("mismatch", spanOf(token), { opened, found: token.kind });
      partners.set(waiting.pop(), place);
    }
  });
  if (waiting.length) throw new Unreadable("unclosed", spanOf(found[waiting.at(-1)]), { found: found[waiting.at(-1)].kind });
  return partners;
}
function rowsOf(found, partners, text) {
  const last = found.length - 2;
  if (!"[(".includes(found[0].kind) || partners.get(0) !== last) throw new Unreadable("matrix-brackets", [0, text.length]);
  const parts = split(found, partners, [1, last], ",;");
  const nested = parts.map(([first, stop]) => found[first].kind === "[" && partners.get(first) === stop - 1);
  if (nested.every(Boolean)) {
    const rows = parts.map(([first, stop]) => split(found, partners, [first + 1, stop - 1], ",;"));
    const semicolon = rows.flatMap((row) => row.slice(0, -1)).map(([, stop]) => found[stop]).find((token) => token.kind === ";");
    if (semicolon) throw new Unreadable("matrix-rows", spanOf(semicolon));
    return { loose: false, rows };
  }
  if (nested.includes(true)) throw new Unreadable("matrix-rows", between(found, parts[nested.indexOf(false)]));
  const lines = split(found, partners, [1, last], ";");
  return { loose: lines.length === 1, rows: lines.map((line) => split(found, partners, line, ",")) };
}
function split(found, partners, [first, stop], signs) { // but for the signs inside brackets
  const pieces = [];
  for (let place = first; place < stop; place = (partners.get(place) ?? place) + 1) {
    if (!signs.includes(found[place].kind)) continue;
    pieces.push([first, place]);
    first = place + 1;
  }
  return [...pieces, [first, stop]];
}
function checkLengths(rows, found, text) {
  if (rows.flat().length > MOST_ENTRIES) throw new Unreadable("matrix-entries", [0, text.length], { limit: `${MOST_ENTRIES}` });
  rows.forEach((row, at) => {
    if (row.length === rows[0].length) return;
    const params = { number: `${at + 1}`, given: `${row.length}`, first: `${rows[0].length}` };
    throw new Unreadable("matrix-ragged", between(found, [row[0][0], row.at(-1)[1]]), params);
  });
}
const between = (found, [first, stop]) => [found[first - 1].end, found[stop].start];
function entry(plain, span, names, where) {
  try { return read(plain.slice(...span), names, { decimalComma: false }); } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    const fix = error.fix === null || plain.includes("\\") ? null : mended(plain, span, error.fix);
    throw new Unreadable(error.code, error.span.map((end) => span[0] + end), { ...error.params, ...where }, fix);
  }
}

/** A `<math>` element with the rows in brackets. */
export function typeset(rows) {
  const make = (tag, ...inner) => {
    const made = document.createElementNS("http://www.w3.org/1998/Math/MathML", tag);
    made.append(...inner);
    return made;
  };
  const lines = rows.map((row) => make("mtr", ...row.map((tree) => make("mtd", ...mathml(tree).childNodes))));
  return make("math", make("mrow", make("mo", "["), make("mtable", ...lines), make("mo", "]")));
}
