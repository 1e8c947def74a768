// What stands in a box: one expression, or several with equals signs between them. Twin of grader/working.py;
// both pass tests/tables/working.json.
import { Unreadable, read } from "./reader.js";
import { LIMIT, mended } from "./reader-words.js";

const MOST_SIDES = 4;
const EQUALS = /[=＝≈]|\\approx(?![A-Za-z])/g;
const DOLLARS = /^([ \t\n\r]*)(\${1,2})([^$]+)\2[ \t\n\r]*$/;
const blanks = (text) => /^[ \t\n\r]*/.exec(text)[0].length; // the blanks that the reader skips; no others
const trimmed = (text) => text.slice(blanks(text)).replace(/[ \t\n\r]+$/, "");
const MISNAMED = ["unknown-name", "near-name", "no-names", "unknown-derivative"];

/** The sides of an answer and where each stands; the label is left out. Throws Unreadable as `read` does. */
export function readWorking(text, names, own, options = {}) {
  try { return working(text, names, own, options); } catch (error) {
    if (error instanceof Unreadable && error.fix !== null) error.fix = readable(error.fix, names, own, options);
    throw error;
  }
}
function readable(fix, names, own, options) {
  for (let round = 0; round <= MOST_SIDES && fix !== null; round++) {
    try { working(fix, names, own, options); return fix; } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      fix = error.fix;
    }
  }
  return null;
}
function working(text, names, own, options) {
  const signs = [...text].length > LIMIT.characters ? [] : [...text.matchAll(EQUALS)].map((sign) => [sign.index, sign.index + sign[0].length]);
  if (!signs.length) return { sides: [read(text, names, options)], spans: [[0, text.length]] };
  let spans = pieces(text, signs);
  if (isLabel(text.slice(...spans[0]), names, own)) spans = spans.slice(1);
  if (spans.length > MOST_SIDES) throw new Unreadable("too-many-sides", [spans[MOST_SIDES][0], spans.at(-1)[1]], { limit: `${MOST_SIDES}` });
  return { sides: spans.map((span) => side(text, span, signs[0], names, options)), spans };
}
function pieces(text, signs) {
  const whole = DOLLARS.exec(text);
  let start = whole ? whole[1].length + whole[2].length : 0;
  const stop = whole ? start + whole[3].length : text.length;
  return [...signs, null].map((sign) => {
    const piece = text.slice(start, sign ? sign[0] : stop), before = sign ?? signs.at(-1);
    if (!trimmed(piece)) throw new Unreadable(sign ? "missing-before" : "missing-after", before, { found: text.slice(...before) }, mended(text, before, ""));
    const span = [start + blanks(piece), start + blanks(piece) + trimmed(piece).length];
    if (sign) start = sign[1];
    return span;
  });
}
export function isLabel(piece, names, own) {
  const labels = [own, own.replace(/_new$/, "")], whole = own.replace(/^grad_/, "dL_d");
  if (!names.includes(whole)) labels.push(whole);
  try {
    const tree = read(piece, [...new Set(labels)].filter((name) => /^[A-Za-z]\w*$/.test(name)).sort());
    return tree.kind === "name" && labels.includes(tree.name);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return false;
  }
}
function side(text, span, first, names, options) {
  try { return read(text.slice(...span), names, options); } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    const place = error.span.map((end) => span[0] + end);
    if (MISNAMED.includes(error.code) && span[1] <= first[0] && place[0] === span[0] && place[1] === span[1])
      throw new Unreadable("equation", first, {}, trimmed(trimmed(text.slice(first[1])).replace(/\$+$/, "")));
    throw new Unreadable(error.code, place, error.params, error.fix === null ? null : mended(text, span, error.fix));
  }
}
