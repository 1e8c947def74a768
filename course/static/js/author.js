// The author's page: what is wrong as one types, the student's view beside it, saving without losing the place, and
// the self-tests as they go. Without this script it is a form with a Preview and a Save button.
const $ = (selector, root = document) => root.querySelector(selector);
const policy = globalThis.trustedTypes?.createPolicy("frag", { createHTML: (html) => html }) ?? { createHTML: (html) => html };
const parsed = (html) => new DOMParser().parseFromString(policy.createHTML(html), "text/html");
const form = $("#author"), area = $("#text"), words = form.dataset;
let code = null; // the editor over the textarea, once it is there
let kept = area.value; // what was saved last
let turn = 0; // answers to older texts are thrown away

// ---- line numbers and marks of the plain textarea --------------------------------------------------------
let wrong = [];
function number() {
  const lines = $("#lines"), count = area.value.split("\n").length;
  const marked = new Set(wrong.map((each) => each.line));
  lines.replaceChildren(...Array.from({ length: count }, (_, at) => {
    const line = document.createElement("span");
    line.textContent = `${at + 1}\n`;
    if (marked.has(at + 1)) line.className = "bad";
    return line;
  }));
}
area.addEventListener("scroll", () => { $("#lines").scrollTop = area.scrollTop; });

function goTo(line) {
  if (code) { code.go(line); return; }
  const start = area.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  area.focus();
  area.setSelectionRange(start, start);
}

// ---- as one types ----------------------------------------------------------------------------------------
const send = (url) => fetch(url, { method: "POST", body: new FormData(form), headers: { "X-Fragment": "1" } });
let soon, later;
function changed() {
  turn += 1;
  clearTimeout(soon);
  clearTimeout(later);
  soon = setTimeout(validate, 150);
  number();
  say(area.value === kept ? "" : words.unsaved);
}
const say = (text) => { const saved = $("#saved"); if (saved) saved.textContent = text; };

async function validate() {
  const mine = turn;
  try {
    const reply = await send(words.problems);
    if (!reply.ok || mine !== turn) return;
    const found = await reply.json();
    show(found.problems);
    offer(found.exercises);
    $("#stale").hidden = !found.problems.length; // what can be read no more keeps the view that it had
    if (!found.problems.length) later = setTimeout(look, 200);
  } catch { /* no network: the text is here, and is looked at again with the next key */ }
}

function show(problems) {
  wrong = problems;
  code?.mark(problems);
  number();
  const items = problems.map(({ line, words: text }) => {
    const item = document.createElement("li"), jump = document.createElement("button");
    Object.assign(jump, { type: "button", className: "jump", textContent: `${words.lineWord} ${line}:` });
    jump.dataset.line = line;
    item.append(jump, ` ${text}`);
    return item;
  });
  const list = document.createElement(items.length ? "ul" : "p");
  list.className = items.length ? "" : "sound";
  list.append(...(items.length ? items : [words.sound]));
  $("#problems").replaceChildren(list);
}

function offer(exercises) {
  const select = $("#exercise"), chosen = select.value;
  if (!exercises.length || [...select.options].map((each) => each.value).join() === exercises.map((each) => each.id).join()) return;
  select.replaceChildren(...exercises.map(({ id, step }) => new Option(`${id} · ${step}`, id, false, id === chosen)));
}

async function look() {
  const mine = turn;
  try {
    const reply = await send(words.look);
    if (!reply.ok || mine !== turn) return;
    $("#look").replaceChildren(...parsed(await reply.text()).body.childNodes);
  } catch { /* as above */ }
}

// ---- saving, and the self-tests --------------------------------------------------------------------------
async function save() {
  say(words.saving);
  const sent = area.value;
  try {
    const reply = await send(form.action);
    if (reply.status === 409) { kept = sent; form.submit(); return; } // somebody else has saved: both texts on a page of their own
    if (!reply.ok) throw new Error(reply.status);
    swap(await reply.text());
    kept = sent;
    say(area.value === kept ? words.saved : words.unsaved);
    $("#note").value = "";
  } catch {
    say(words.failed);
  }
}

let waiting;
function swap(html) {
  const fresh = $("#state", parsed(html));
  if (!fresh) return;
  const open = [...document.querySelectorAll("#state details[open] > summary > strong")].map((each) => each.textContent);
  const typed = { into: $("#into")?.value, title: $("#title")?.value };
  $("#state").replaceWith(fresh);
  for (const each of document.querySelectorAll("#state .finding")) each.open ||= open.includes($("strong", each).textContent);
  if (typed.into && $("#into")) [$("#into").value, $("#title").value] = [typed.into, typed.title];
  form.elements.base.value = fresh.dataset.base;
  wait();
}

function wait() {
  clearTimeout(waiting);
  const state = $("#state");
  if ("waits" in state.dataset) waiting = setTimeout(ask, 1000);
}

async function ask() {
  const base = form.elements.base.value;
  try {
    const reply = await fetch($("#state").dataset.url, { headers: { "X-Fragment": "1" } });
    const html = await reply.text();
    if (reply.ok && $("#state", parsed(html))?.dataset.base === base) { swap(html); return; }
  } catch { /* asked again */ }
  waiting = setTimeout(ask, 3000);
}

// ---- events ----------------------------------------------------------------------------------------------
area.addEventListener("input", changed);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.submitter?.value === "look") look();
  else if ($("#save")) save();
});
for (const chooser of [$("#exercise"), $("#seed")]) chooser.addEventListener("change", () => { turn += 1; look(); });
addEventListener("click", (event) => { const jump = event.target.closest?.("#problems [data-line]"); if (jump) goTo(Number(jump.dataset.line)); });
addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey) || !$("#save")) return;
  event.preventDefault();
  save();
});
addEventListener("beforeunload", (event) => { if ($("#save") && area.value !== kept) event.preventDefault(); });

number();
wait();
$("#show").hidden = true; // the view follows by itself
const words0 = $("label[for=text]").textContent;
Promise.all([import(words.editor), import(words.code)]).then(([cm, { mount }]) => {
  code = mount(cm, area, words0, changed);
  const lines = [...document.querySelectorAll("#problems [data-line]")];
  code.mark(lines.map((each) => ({ line: Number(each.dataset.line), words: each.textContent.trim() })));
}, () => { /* the textarea serves */ });
