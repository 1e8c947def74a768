// From words to a tree: numbers and the grammar. Twin of grader/numerals.py, grader/parser.py and grader/complaints.py.
import { FUNCTIONS, LIMIT, Unreadable, VULGAR, mended, spanOf } from "./reader-words.js";

// ---- numbers ------------------------------------------------------------------------------------------------
const isDigits = (text) => /^[0-9]+$/.test(text);
function literal(text, span) {
  const [, whole, part = "", exponent = "0"] = /^([0-9]*)\.?([0-9]*)(?:[eE](.+))?$/.exec(text);
  const digits = (whole + part).replace(/^0+/, "");
  if (digits.length > LIMIT.digits) throw new Unreadable("too-many-digits", span, { limit: `${LIMIT.digits}` });
  const leading = +exponent - part.length + digits.length - 1;
  if (Math.abs(+exponent) > LIMIT.decimal || (digits && Math.abs(leading) > LIMIT.decimal)) throw new Unreadable("number-range", span, { limit: `${LIMIT.decimal}` });
  return { kind: "number", value: +text, text, span };
}
export function settled(found, text, options) {
  const apart = separators(found, options);
  const result = [];
  for (let at = 0; at < found.length;) {
    let token = found[at++];
    if (token.kind === "number") {
      if (found[at].kind === "," && !apart.has(at) && isTight(found, at)) { token = withComma(token, found[at + 1], text, options); at += 2; }
      if (found[at].kind === "%") token = percentage(token, found[at++], text, options);
      checkE(token, found.slice(at, at + 4), text);
    } else if (token.kind === "·") {
      checkDot(found[at - 2], token, found[at], text);
      token = { ...token, kind: "*" };
    }
    result.push(token);
  }
  return result;
}
function isTight(found, at) {
  const [before, comma, after] = [found[at - 1], found[at], found[at + 1]];
  return before?.kind === "number" && after.kind === "number" && before.end === comma.start && comma.end === after.start && isDigits(before.text) && !after.text.includes(".");
}
function separators(found, options) {
  const apart = new Set(), calls = [[null, []]];
  found.forEach((token, at) => {
    if (token.kind === "(" || token.kind === "[") calls.push([found[at - 1]?.kind === "function" ? found[at - 1].text : null, []]);
    else if ((token.kind === ")" || token.kind === "]") && calls.length > 1) {
      const [name, marks] = calls.pop();
      if (name && marks.length && FUNCTIONS[name][1] > 1) chosen(found, name, marks, options).forEach((place) => apart.add(place));
    } else if (token.kind === "," || token.kind === ";") calls.at(-1)[1].push(at);
  });
  return apart;
}
function chosen(found, name, marks, { decimalComma }) {
  const tight = marks.filter((at) => found[at].kind === "," && isTight(found, at));
  if (!tight.length || !decimalComma) return tight;
  if (marks.some((at) => found[at].kind === ";")) return [];
  const [fewest, most] = FUNCTIONS[name];
  const choices = [...Array(tight.length + 1).keys()].filter((k) => { const n = marks.length - tight.length + k + 1; return fewest <= n && n <= most; });
  if (choices.length === 1 && [0, tight.length].includes(choices[0])) return choices[0] ? tight : [];
  throw new Unreadable("comma-in-call", spanOf(found[tight[0]]));
}
function withComma(token, after, text, { decimalComma }) {
  const span = spanOf(token, after), decimal = `${token.text}.${after.text}`, fix = mended(text, span, decimal);
  if (/^[0-9]{3}$/.test(after.text) && token.text.length <= 3 && token.text[0] !== "0") throw new Unreadable("comma-or-point", span, { found: text.slice(...span), first: decimal, second: token.text + after.text }, decimalComma ? fix : null);
  if (!decimalComma) throw new Unreadable("comma", [token.end, token.end + 1], {}, fix);
  return { kind: "number", text: decimal, start: span[0], end: span[1] };
}
function percentage(token, sign, text, { percent }) {
  const span = spanOf(token, sign);
  literal(token.text, span);
  const [, whole, part, exponent] = /^([0-9]*)\.?([0-9]*)(.*)$/.exec(token.text.toLowerCase());
  const digits = whole.padStart(3, "0");
  const decimal = `${digits.slice(0, -2).replace(/^0+(?=[0-9])/, "")}.${digits.slice(-2)}${part}${exponent}`;
  if (!percent) throw new Unreadable("percent", span, { found: text.slice(...span), first: decimal }, mended(text, span, decimal));
  return { kind: "number", text: decimal, start: span[0], end: span[1] };
}
function checkDot(before, dot, after, text) {
  if (before?.kind !== "number" || after.kind !== "number" || before.end !== dot.start || dot.end !== after.start) return;
  if (!isDigits(before.text) || after.text.includes(".")) return;
  const span = spanOf(before, after);
  throw new Unreadable("dot-or-point", span, { found: text.slice(...span), first: `${before.text}.${after.text}`, second: `${before.text}*${after.text}` });
}
function checkE(token, [letter, sign, ...rest], text) { // 9e -2 and 9e+-2: a power of ten with a slip in it, or 9 times e, less 2
  if (!rest.length || letter.kind !== "constant" || letter.text !== "e" || !"+-".includes(sign.kind)) return;
  const double = rest.length > 1 && "+-".includes(rest[0].kind) && token.end === letter.start;
  const [power, digits] = double ? rest : [sign, rest[0]];
  if (digits.kind !== "number" || power.end !== digits.start) return;
  const span = spanOf(token, digits);
  throw new Unreadable("e-notation", span, { found: text.slice(...span), first: `${token.text}e${power.kind}${digits.text}`, second: `${token.text}*e ${text.slice(sign.start, power.end)} ${digits.text}` });
}

// ---- tokens -> tree: + - 1, * / 2, a leading minus 3, ^ 4 from the right ---------------------------------------
export const STRENGTH = { "+": 1, "-": 1, "*": 2, "/": 2, "^": 4, power: 4 };
const CLOSING = { "(": ")", "[": "]", "{": "}", "|": "|" };
const FACTORS = ["name", "constant", "function", "(", "[", "frac"];
const RAISED = Object.fromEntries([..."⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺"].map((c, i) => [c, "0123456789-+"[i]]));
export function parse(text, list) {
  let at = 0, nodes = 0, depth = 0;
  const opened = [];
  const loose = new Set(); // numbers of open brackets at which a factor follows a bar: |a|b
  const slice = (span) => text.slice(...span);
  const startsFactor = (token) => FACTORS.includes(token.kind) || (token.kind === "|" && opened.at(-1)?.kind !== "|");
  function count(node) {
    if (++nodes > LIMIT.nodes) throw new Unreadable("too-many-parts", [0, text.length], { limit: `${LIMIT.nodes}` });
    return node;
  }
  function enter(token) {
    if (++depth > LIMIT.depth) throw new Unreadable("too-deep", spanOf(token), { limit: `${LIMIT.depth}` });
  }
  const binary = (operator, left, right, implicit = false) => count({ kind: "binary", operator, left, right, implicit, span: [left.span[0], right.span[1]] });
  const number = (digits, span) => count(literal(digits, span));
  const negative = (inner, span) => count({ kind: "negative", inner, span });
  function expression(floor) {
    let left = operand();
    for (;;) {
      const token = list[at], strength = STRENGTH[token.kind];
      if (!strength) {
        if (floor >= 2 || !startsFactor(token)) return left;
        checkBars(token);
        left = binary("*", left, expression(2), true);
      } else if (strength <= floor) return left;
      else if (strength === 4) left = power(left, token);
      else {
        at++;
        const right = expression(strength);
        if (token.kind === "/" && startsFactor(list[at])) refuseDivision(left, right);
        left = binary(token.kind, left, right);
      }
    }
  }
  function operand() {
    const token = list[at], span = spanOf(token);
    switch (token.kind) {
      case "name": case "constant": at++; return count({ kind: "name", name: token.text, constant: token.kind === "constant", span });
      case "number": at++; return number(token.text, span);
      case "(": case "[": return count({ kind: "group", ...bracketed(token) });
      case "|": { const { inner, span: whole } = bracketed(token); return count({ kind: "call", function: "abs", arguments: [inner], span: whole }); }
      case "function": return call(token);
      case "+": case "-": {
        enter(token); at++;
        const inner = expression(3);
        depth--;
        return token.kind === "+" ? inner : negative(inner, [token.start, inner.span[1]]);
      }
      case "frac": {
        at++;
        partPair();
        const quotientOf = binary("/", part(), part());
        return count({ kind: "group", inner: quotientOf, span: [token.start, list[at - 1].end] });
      }
      case "vulgar": {
        at++;
        const [above, below] = VULGAR[token.text].map((digits) => number(digits, span));
        return count({ kind: "group", inner: binary("/", above, below), span });
      }
      default: throw missingOperand();
    }
  }
  function power(left, token) {
    if (list[at - 1].slashed || left.kind === "binary") throw new Unreadable("bare-base", left.span, { found: slice(left.span) }, mended(text, left.span, `(${slice(left.span)})`));
    enter(token); at++;
    let right;
    if (token.kind === "power") {
      const digits = [...token.text].map((c) => RAISED[c]).join("");
      right = number(digits.replace(/^[-+]/, ""), spanOf(token));
      if (digits[0] === "-") right = negative(right, spanOf(token));
    } else if (list[at].kind === "{") right = braced();
    else { right = expression(3); refusePower(left, right); }
    depth--;
    let exponent = right;
    while (exponent.kind === "group" || exponent.kind === "negative") exponent = exponent.inner;
    if (exponent.kind === "number" && exponent.value > LIMIT.power) throw new Unreadable("power-range", right.span, { limit: `${LIMIT.power}` });
    return binary("^", left, right);
  }
  function braced() {
    const token = list[at];
    if (token.kind !== "{") throw new Unreadable("braces-missing", spanOf(token));
    const { inner, span } = bracketed(token);
    return inner.kind === "binary" || inner.kind === "negative" ? count({ kind: "group", inner, span }) : inner;
  }
  const width = (token) => token.end - token.start;
  function partPair() { // \frac12 and \frac xy: TeX takes one sign for each part, and two are all that there is
    const [first, second, third] = [list[at], list[at + 1] ?? list.at(-1), list[at + 2] ?? list.at(-1)];
    if (first.kind === "number" && isDigits(first.text) && width(first) === 2) {
      const middle = first.start + 1;
      list.splice(at, 1, { ...first, text: first.text[0], end: middle }, { ...first, text: first.text[1], start: middle });
    } else if (width(first) === 1 && width(second) === 1 && second.glued && !third.glued) list[at + 1] = { ...second, glued: false };
  }
  function part() { // of a LaTeX fraction: in braces, or one sign that can be no piece of more, as in \frac1x
    const token = list[at], following = list[at + 1] ?? token;
    const plain = ["number", "name", "constant"].includes(token.kind) && (width(token) === 1 || text[token.start] === "\\");
    return plain && !token.glued && !following.glued && following.kind !== "^" && following.kind !== "power" ? operand() : braced();
  }
  function open(token) {
    enter(token); opened.push(token); at++;
    if (token.kind !== "|" && list[at].kind === CLOSING[token.kind]) throw new Unreadable("empty-brackets", spanOf(token, list[at]));
  }
  function close(token) {
    if (list[at].kind !== CLOSING[token.kind]) throw unexpected();
    loose.delete(opened.length);
    opened.pop(); depth--;
    return list[at++].end;
  }
  function bracketed(token) {
    open(token);
    const inner = expression(0);
    return { inner, span: [token.start, close(token)] };
  }
  function call(token) {
    const bracket = list[++at], [fewest, most] = FUNCTIONS[token.text];
    if (bracket.kind !== "(" && bracket.kind !== "[" && !(bracket.kind === "{" && token.text === "sqrt")) throw withoutBrackets(token, at);
    if (text.startsWith("\\sqrt", token.start) && text[bracket.start] === "[") throw new Unreadable("root-index", [token.start, bracket.end]);
    open(bracket);
    const values = [expression(0)];
    while (list[at].kind === ";" || list[at].kind === ",") { at++; values.push(expression(0)); }
    const span = [token.start, close(bracket)];
    if (values.length < fewest || values.length > most) throw new Unreadable("arguments", span, { found: token.text, takes: fewest === most ? `${most}` : `${fewest}-${most}`, given: `${values.length}` });
    return count({ kind: "call", function: token.text, arguments: values, span });
  }
  function checkBars(token) { // |a|b|c|: which bar closes which?
    const afterBar = list[at - 1].kind === "|";
    if (token.kind !== "|" && afterBar) loose.add(opened.length);
    else if (token.kind === "|" && !afterBar && loose.has(opened.length)) throw new Unreadable("two-bars", spanOf(token));
  }
  function refuseDivision(left, right) {
    const { start } = list[at];
    let end;
    while (startsFactor(list[at])) [, end] = expression(2).span;
    const [a, b, c] = [slice(left.span), slice(right.span), text.slice(start, end)], span = [left.span[0], end];
    throw new Unreadable("two-divisions", span, { found: slice(span), first: `${a}/(${b}*${c})`, second: `(${a}/${b})*${c}` });
  }
  function refusePower(left, right) {
    const before = list[at - 1], token = list[at];
    const loose = ["number", "vulgar", "name", "constant"].includes(before.kind) && ["name", "constant", "function"].includes(token.kind);
    if (!loose || !(token.glued || (left.constant && left.name === "e" && before.end === token.start))) return;
    let last = at;
    while (list[last + 1].glued) last++;
    const [a, b, c] = [slice(left.span), slice(right.span), text.slice(token.start, list[last].end)], span = [left.span[0], list[last].end];
    throw new Unreadable("two-powers", span, { found: slice(span), first: `${a}^(${b}*${c})`, second: `${a}^(${b})*${c}` });
  }
  // what to say when a token stands where it cannot
  function unexpected() {
    const token = list[at], before = list[at - 1], bracket = opened.at(-1), span = spanOf(token);
    if (token.kind === "end") {
      const { end } = before, closers = opened.map((b) => CLOSING[b.kind]).reverse().join("");
      return new Unreadable("unclosed", spanOf(bracket), { found: slice(spanOf(bracket)) }, mended(text, [end, end], closers));
    }
    if (")]}".includes(token.kind)) {
      if (!bracket) return new Unreadable("unopened", span, { found: slice(span) });
      if (bracket.kind === "|") return new Unreadable("unclosed", spanOf(bracket), { found: "|" }, mended(text, [token.start, token.start], "|"));
      return new Unreadable("mismatch", span, { opened: slice(spanOf(bracket)), found: slice(span) }, mended(text, span, CLOSING[bracket.kind]));
    }
    if (token.kind === "number" || token.kind === "vulgar") {
      const both = spanOf(before, token), params = { left: text.slice(before.start, before.end).trim(), right: slice(span) };
      if (before.kind === "number" && token.kind === "vulgar") {
        const fraction = VULGAR[token.text].join("/");
        return new Unreadable("mixed-number", both, { found: slice(both), first: `(${before.text} + ${fraction})`, second: `${before.text}*(${fraction})` });
      }
      if (before.kind !== "number" && before.kind !== "vulgar") return new Unreadable("missing-star", both, params, mended(text, [before.end, token.start], "*"));
      return before.kind === "number" && before.end === token.start ? new Unreadable("bad-number", both, { found: slice(both) }) : new Unreadable("two-numbers", both, params);
    }
    if (token.kind === "=") {
      const right = text.slice(token.end).trim();
      return new Unreadable("equation", span, {}, right.includes("=") ? null : right);
    }
    return ofNoUse(token, at);
  }
  const ofNoUse = (token, place) => new Unreadable({ "%": "percent-place", "{": "braces", "}": "braces" }[token.kind] ?? "comma", spanOf(token), {}, withBrackets(place));
  function partner(place) { // the bracket or brace that closes the one there
    const opening = list[place].kind;
    for (let level = 0, end = place; end < list.length; end++) {
      level += (list[end].kind === opening) - (list[end].kind === CLOSING[opening]);
      if (!level) return list[end];
    }
    return null;
  }
  function withBrackets(place) { // the text with this pair of braces as brackets
    const closing = list[place].kind === "{" ? partner(place) : null;
    return closing && mended(text, [list[place].start, closing.end], `(${text.slice(list[place].end, closing.start)})`);
  }
  function missingOperand() {
    const token = list[at], place = token.kind === "end" ? list[at - 1] : token;
    if (",;%{".includes(token.kind)) return ofNoUse(token, at);
    return new Unreadable(place === token ? "missing-before" : "missing-after", spanOf(place), { found: slice(spanOf(place)) });
  }
  function withoutBrackets(token, next) {
    const found = slice(spanOf(token));
    if (list[next].kind === "^" || list[next].kind === "power") return misplacedPower(token, next, found);
    const bare = { found, example: `${token.text}(…)` };
    if (withBrackets(next)) return new Unreadable("function-brackets", spanOf(token), bare, withBrackets(next));
    const last = next + "+-".includes(list[next].kind);
    const plain = ["name", "number", "vulgar", "constant"].includes(list[last].kind) && ["end", "+", "-", ")", "]", "}", ";", "="].includes(list[last + 1].kind);
    if (!plain) return new Unreadable("function-brackets", spanOf(token), bare);
    const example = `${found.trimEnd()}(${text.slice(list[next].start, list[last].end)})`;
    return new Unreadable("function-brackets", spanOf(token), { found, example }, mended(text, [token.start, list[last].end], example));
  }
  function misplacedPower(token, next, found) { // tanh^2(x), meant as tanh(x)^2
    const last = list[next].kind === "power" ? next : next + 1, bracket = list[last + 1];
    const raised = text.slice(list[next].start, list[last].end), example = `${token.text}(…)${raised}`;
    const plain = list[next].kind === "power" ? raised[0] !== "⁻" : list[last].kind === "number";
    if (!plain || bracket?.kind !== "(") return new Unreadable("function-brackets", spanOf(token), { found, example: `${token.text}(…)` });
    const closing = partner(last + 1);
    const fix = closing && mended(text, [token.end, closing.end], text.slice(bracket.start, closing.end) + raised);
    return new Unreadable("function-power", [token.start, list[last].end], { found, example }, fix);
  }

  if (list[0].kind === "end") throw new Unreadable("empty", [0, text.length]);
  const tree = expression(0);
  if (list[at].kind !== "end") throw unexpected();
  return tree;
}
