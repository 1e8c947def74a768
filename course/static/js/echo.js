// What was understood of each box, shown at every key: typeset in the order of typing, with its value.
import { readMatrix, typeset as typesetMatrix } from "./matrix.js";
import { Unreadable, mathml, message, setMessages, value, words } from "./reader.js";
import { readWorking } from "./working.js";

export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
export const data = JSON.parse($("#page-data").textContent);
setMessages(data.messages);

export const make = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};
const hidden = (text) => make("span", { className: "vh" }, text);

let speaking;
export function speak(text) {
  clearTimeout(speaking);
  speaking = setTimeout(() => { $("#live").textContent = text; }, 700);
}

const shown = (number) => (Math.abs(number) < 1e-12 ? "0" : String(+number.toPrecision(6))).replace("-", "−");

const own = {}; // what the boxes are worth: a later box may build on an earlier one

const bare = (tree) => (tree.kind === "negative" ? tree.inner : tree).kind === "number";

function typeset(tree) {
  const math = mathml(tree);
  math.setAttribute("aria-hidden", "true");
  return math;
}

function understood(sides, name) {
  const result = sides.at(-1);
  const isNumber = sides.length === 1 && bare(result);
  const number = value(result, { ...data.numbers, ...own });
  const known = number !== null && Number.isFinite(number);
  if (known) own[name] = number;
  const tells = known && !bare(result);
  const says = sides.map(words).join(` ${data.words.equals} `) + (tells ? `, ${data.words.equals} ${shown(number)}` : "");
  const math = sides.flatMap((side, at) => (at ? [" = ", typeset(side)] : [typeset(side)]));
  const seen = isNumber
    ? make("span", { className: "val" }, data.words.number)
    : make("span", { dir: "ltr" }, ...math, make("span", { className: "val" }, tells ? ` = ${shown(number)}` : ""));
  return { parts: [hidden(`${data.words.reads} ${says}`), seen], says, isNumber };
}

function understoodMatrix({ rows }, name) {
  const numbers = rows.flat().map((tree) => value(tree, { ...data.numbers, ...own }));
  const ids = data.matrices[name];
  if (ids.length === numbers.length) ids.forEach((id, at) => { if (Number.isFinite(numbers[at])) own[id] = numbers[at]; });
  const size = [rows.length, rows[0].length];
  const says = `${size.join(` ${data.words.by} `)}: ${rows.map((row) => row.map(words).join(", ")).join("; ")}`;
  const math = typesetMatrix(rows);
  math.setAttribute("aria-hidden", "true");
  const seen = make("span", { dir: "ltr" }, math, make("span", { className: "val" }, ` ${size.join(" × ")}`));
  return { parts: [hidden(`${data.words.reads} ${says}`), seen], says, isNumber: false };
}

const placed = ({ params }) => (params.row ? `${data.words.entry.replace("{row}", params.row).replace("{column}", params.column)} ` : "");

function misread(error, input) {
  const [start, end] = error.span;
  const typed = input.value;
  const place = make("span", { className: "read", dir: "ltr" }, typed.slice(0, start), make("mark", {}, typed.slice(start, end) || " "), typed.slice(end));
  const note = make("span", { className: "say-slip" }, place, make("span", {}, placed(error) + message(error)));
  if (error.fix) {
    const button = make("button", { type: "button", className: "fix", dir: "ltr" }, hidden(`${data.words.use} `), error.fix);
    button.dataset.fix = error.fix;
    note.append(button);
  }
  input.setAttribute("aria-invalid", "true");
  return { parts: [note], says: placed(error) + message(error) };
}

export function echo(input, aloud = false) {
  const row = input.closest(".link");
  const out = $(".echo", row);
  row.classList.remove("slip");
  [input.name, ...(data.matrices[input.name] ?? [])].forEach((name) => { delete own[name]; });
  if (!["bad", "unread"].includes(row.dataset.state)) input.removeAttribute("aria-invalid");
  if (!input.value.trim()) {
    out.replaceChildren($(".gloss-of", row).content.cloneNode(true));
    return;
  }
  let result;
  try {
    const [typed, names, name] = [input.value, data.names[input.name], input.name];
    result = name in data.matrices ? understoodMatrix(readMatrix(typed, names, name, data.shapes[name]), name) : understood(readWorking(typed, names, name).sides, name);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    row.classList.add("slip");
    result = misread(error, input);
  }
  const digits = result.isNumber && $(".gloss-of", row).content.querySelector(".digits");
  out.replaceChildren(...result.parts, ...(digits ? [" ", digits.cloneNode(true)] : []));
  if (aloud) speak(result.says);
}
