// The reader in the browser, twin of grader/expression.py: text -> tree -> value, MathML, words.
// Both pass tests/tables/reading.json. Nothing typed is ever run or put into the page as HTML.
import { STRENGTH, parse, settled } from "./reader-tree.js";
import { LETTER_OF, LIMIT, Unreadable, spelled, tokens, vocabulary } from "./reader-words.js";

export { Unreadable };
let messages = {};
/** The sentences of the page's language: code -> template with %(name)s in it. */
export const setMessages = (templates) => { messages = templates; };
export const message = (error) => (messages[error.code] ?? error.code).replace(/%\((\w+)\)s/g, (_, name) => error.params[name] ?? "");

const DEFAULTS = { decimalComma: true, percent: false };
function attempt(text, names, options) {
  if (typeof text !== "string") throw new Unreadable("not-text", [0, 0]);
  const characters = [...text];
  if (characters.length > LIMIT.characters) throw new Unreadable("too-long", [characters.slice(0, LIMIT.characters).join("").length, text.length], { limit: `${LIMIT.characters}` });
  return parse(text, settled(spelled(tokens(text), vocabulary(names), text), text, options));
}
/** Read an expression over `names`; throws Unreadable, whose `fix` can itself be read. */
export function read(text, names, options = {}) {
  const chosenOptions = { ...DEFAULTS, ...options };
  try { return attempt(text, names, chosenOptions); } catch (error) {
    if (error instanceof Unreadable && error.fix !== null) error.fix = readable(error.fix, names, chosenOptions, 4);
    throw error;
  }
}
function readable(fix, names, options, rounds) {
  if (fix === null || !rounds) return null;
  try { attempt(fix, names, options); return fix; } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return readable(error.fix, names, options, rounds - 1);
  }
}

// ---- the tree as a number ---------------------------------------------------------------------------------
const sigmoid = (z) => 1 / (1 + Math.exp(-z));
const leaky = (z, s = 0.2) => Math.max(z, 0) + s * Math.min(z, 0);
const CALLS = { exp: Math.exp, ln: Math.log, sqrt: Math.sqrt, abs: Math.abs, sin: Math.sin, cos: Math.cos, tan: Math.tan,
  sinh: Math.sinh, cosh: Math.cosh, tanh: Math.tanh, max: Math.max, min: Math.min, relu: (z) => Math.max(z, 0), sigmoid, leaky,
  "sigmoid'": (z) => sigmoid(z) * (1 - sigmoid(z)), "tanh'": (z) => 1 - Math.tanh(z) ** 2,
  "relu'": (z) => (1 + Math.abs(z) / z) / 2, "leaky'": (z, s = 0.2) => (1 + s) / 2 + (1 - s) / 2 * Math.abs(z) / z };
const SIGNS = { "+": (a, b) => a + b, "-": (a, b) => a - b, "*": (a, b) => a * b, "/": (a, b) => a / b, "^": (a, b) => a ** b };
/** The value at `numbers` (name -> number or text); NaN where it is not defined, null where a name has no number. */
export function value(tree, numbers) {
  switch (tree.kind) {
    case "number": return tree.value;
    case "name": return tree.constant ? { pi: Math.PI, e: Math.E }[tree.name] : Object.hasOwn(numbers, tree.name) ? Number(numbers[tree.name]) : null;
    case "group": return value(tree.inner, numbers);
    case "negative": return over([tree.inner], numbers, (a) => -a);
    case "call": return over(tree.arguments, numbers, CALLS[tree.function]);
    default: return over([tree.left, tree.right], numbers, SIGNS[tree.operator]);
  }
}
function over(parts, numbers, operation) {
  const values = parts.map((part) => value(part, numbers));
  return values.includes(null) ? null : operation(...values);
}

// ---- the tree as text -------------------------------------------------------------------------------------
const strength = (tree) => ({ binary: STRENGTH[tree.operator], negative: 3 })[tree.kind] ?? 5;
const inside = (tree, needed) => (strength(tree) >= needed ? show(tree) : `(${show(tree)})`);
/** The tree in the language; reading that gives the same tree. */
export function show(tree) {
  switch (tree.kind) {
    case "number": return tree.text;
    case "name": return tree.name;
    case "group": return `(${show(tree.inner)})`;
    case "negative": return `-${inside(tree.inner, 3)}`;
    case "call": return `${tree.function}(${tree.arguments.map(show).join(", ")})`;
  }
  const { operator, left, right, implicit } = tree;
  if (operator === "^") return `${inside(left, 5)}^${inside(right, 3)}`;
  const sign = implicit ? " " : STRENGTH[operator] === 1 ? ` ${operator} ` : operator;
  return inside(left, STRENGTH[operator]) + sign + inside(right, STRENGTH[operator] + 1);
}

// ---- the tree as words, for those who listen ------------------------------------------------------------------
const derivative = (name) => (name.startsWith("grad_") ? ["L", name.slice(5)] : /^d([A-Za-z]\w*?)_d(\w+)$/.exec(name)?.slice(1));
const parts = (name) => /^([A-Za-z]+?)(hat)?_?([0-9]+)?(_new)?$/.exec(name)?.slice(1) ?? [name];
function spoken(name) {
  const pair = derivative(name);
  if (pair) return `d ${spoken(pair[0])} by d ${spoken(pair[1])}`;
  const [letter, hat, index, prime] = parts(name);
  return [letter, hat, index, prime && "new"].filter(Boolean).join(" ");
}
const BETWEEN = { "+": "plus", "-": "minus", "*": "times", "/": "over" };
export function words(tree) {
  switch (tree.kind) {
    case "number": return tree.text;
    case "name": return spoken(tree.name);
    case "group": return `open bracket ${words(tree.inner)} close bracket`;
    case "negative": return `minus ${words(tree.inner)}`;
    case "call": return spokenCall(tree);
  }
  const { operator, left, right } = tree;
  if (operator !== "^") return `${words(left)} ${BETWEEN[operator]} ${words(right)}`;
  const base = left.kind === "call" ? spokenCall(left, true) : words(left);
  return right.text === "2" ? `${base} squared` : `${base} to the power ${words(right)}`;
}
function spokenCall({ function: called, arguments: values }, closed = false) { // its end is said where it could be missed
  const name = called.replace("'", " prime");
  const plain = !closed && values.every((part) => ["number", "name", "group"].includes(part.kind));
  return `${name} of ${values.map(words).join(" and ")}${plain ? "" : `, end of ${name}`}`;
}

// ---- the tree as MathML, in the order in which it was typed ------------------------------------------------------
function element(tag, ...inner) {
  const made = document.createElementNS("http://www.w3.org/1998/Math/MathML", tag);
  made.append(...inner);
  return made;
}
function rigid(character) {
  const sign = element("mo", character);
  sign.setAttribute("stretchy", "false");
  return sign;
}
const enclosed = (left, inner, right) => element("mrow", rigid(left), ...inner, rigid(right));
function symbol(name) {
  const pair = derivative(name);
  if (pair) return element("mfrac", ...pair.map((part) => element("mrow", element("mo", "∂"), symbol(part))));
  const [letter, hat, index, prime] = parts(name);
  let made = element("mi", LETTER_OF[letter] ?? letter);
  if (hat) { made = element("mover", made, rigid("ˆ")); made.setAttribute("accent", "true"); }
  const marks = [index && element("mn", index), prime && element("mo", "′")].filter(Boolean);
  return marks.length ? element(index ? (prime ? "msubsup" : "msub") : "msup", made, ...marks) : made;
}
const bare = (tree) => (tree.kind === "group" ? tree.inner : tree);
const isSymbol = (tree) => tree.kind === "name" && !derivative(tree.name);
const lastFactor = (tree) => (tree.kind === "binary" && tree.operator === "*" ? tree.right : tree);
function isTight({ left, right, implicit }) {
  const last = lastFactor(left);
  return implicit || ((isSymbol(last) || last.kind === "number") && (isSymbol(right) || right.kind === "group"));
}
function called({ function: name, arguments: values }) {
  const inner = values.flatMap((part, i) => (i ? [element("mo", ","), typeset(part)] : [typeset(part)]));
  if (name === "sqrt") return element("msqrt", ...inner);
  if (name === "abs") return enclosed("|", inner, "|");
  const head = name.endsWith("'") ? element("msup", element("mi", name.slice(0, -1)), element("mo", "′")) : element("mi", name);
  return element("mrow", head, element("mo", "\u2061"), enclosed("(", inner, ")"));
}
function typeset(tree) {
  switch (tree.kind) {
    case "number": return element("mn", tree.text);
    case "name": return symbol(tree.name);
    case "group": return enclosed("(", [typeset(tree.inner)], ")");
    case "negative": return element("mrow", element("mo", "−"), typeset(tree.inner));
    case "call": return called(tree);
  }
  const { operator, left, right } = tree;
  if (operator === "/") return element("mfrac", typeset(bare(left)), typeset(bare(right)));
  if (operator === "^") return element("msup", typeset(left), typeset(bare(right)));
  const sign = operator === "*" ? (isTight(tree) ? "\u2062" : "⋅") : operator.replace("-", "−");
  return element("mrow", typeset(left), element("mo", sign), typeset(right));
}
/** A `<math>` element; made of nodes, never of text that is read as HTML. */
export const mathml = (tree) => element("math", typeset(tree));
