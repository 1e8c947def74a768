// The exercise page: echo, palette, keys, drafts, sending an answer, and lighting up a link everywhere at once.
// Without this script the page is a plain form that can be answered all the same.
import { $, $$, data, echo, make, speak } from "./echo.js";

const policy = globalThis.trustedTypes?.createPolicy("frag", { createHTML: (html) => html }) ?? { createHTML: (html) => html };
const form = () => $("#answer");
const boxes = () => $$("#answer .field input");
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const store = {
  key: `draft:${form().dataset.attempt}`,
  get() { try { return JSON.parse(localStorage.getItem(this.key)); } catch { return null; } },
  set(draft) { try { localStorage.setItem(this.key, JSON.stringify(draft)); } catch { /* private window */ } },
  drop() { try { localStorage.removeItem(this.key); } catch { /* private window */ } },
};
let last = null;

// ---- a link is lit in the diagram, the formula and its box -----------------------------------------------
function light(link) {
  $("#net")?.classList.toggle("dim", Boolean(link));
  for (const part of $$("#net [data-link], #eq [data-link]")) part.classList.toggle("hot", part.dataset.link === link);
}

function showMark(link, state) {
  const tag = $(`#net .tag[data-link="${link}"]`);
  if (!tag) return;
  tag.dataset.state = state;
  $("text", tag).textContent = { ok: "✓", bad: "✗" }[state] ?? link;
}
const showMarks = () => $$(".link[data-link]").forEach((row) => showMark(row.dataset.link, row.dataset.state));

function clearMark(row) {
  if (!row?.dataset.state) return;
  row.dataset.state = "";
  $(".fb", row).replaceChildren();
  const badge = $(".badge", row);
  if (badge) badge.textContent = badge.dataset.plain;
  if (row.dataset.link) showMark(row.dataset.link, "");
}

// ---- drafts: on this device at once, on the server soon after --------------------------------------------
let soon, later;
const note = (word) => { const saved = $("#saved"); if (saved) $(".say", saved).textContent = saved.dataset[word]; };
const fields = () => [...new FormData(form())].filter(([name]) => !["csrfmiddlewaretoken", "key", "attempt"].includes(name));

function keepDraft() {
  clearTimeout(soon);
  clearTimeout(later);
  note("saving");
  soon = setTimeout(() => { store.set(fields()); note("local"); }, 400);
  later = setTimeout(sendDraft, 1200);
}

async function sendDraft() {
  const sent = JSON.stringify(fields());
  try {
    const reply = await fetch(form().dataset.draft, { method: "POST", body: new FormData(form()), headers: { "X-Fragment": "1" } });
    if (!reply.ok || JSON.stringify(fields()) !== sent) return;
    store.drop();
    note("saved");
  } catch { /* no network: the draft stays on this device */ }
}

function restore() {
  const draft = store.get();
  if (!draft) return;
  for (const input of boxes()) input.value = draft.find(([name]) => name === input.name)?.[1] ?? input.value;
  for (const option of $$("#answer :is([type=radio],[type=checkbox])")) {
    option.checked = draft.some(([name, chosen]) => name === option.name && chosen === option.value);
  }
  for (const slots of new Set($$("#answer .slots"))) {
    const chosen = draft.filter(([name]) => name === $("select", slots)?.name).map(([, option]) => option);
    $$("select", slots).forEach((select, at) => { select.value = chosen[at] ?? select.value; });
  }
  note("local");
}

// ---- sending: the same answers have the same key until a verdict has come back: nothing lost, nothing twice
const tell = (state, text) => {
  const panel = make("div", { className: "verdict", id: "verdict", tabIndex: -1 }, make("div", {}, make("strong", {}, text)));
  panel.dataset.state = state;
  $("#panel").replaceChildren(panel);
};

let slow;
async function reach(url, options) {
  for (let pause = 1000; ; pause = Math.min(pause * 2, 15000)) {
    try {
      return await fetch(url, { ...options, credentials: "same-origin", headers: { "X-Fragment": "1" } });
    } catch {
      clearTimeout(slow);
      tell("unread", data.words.offline);
      await Promise.race([wait(pause), new Promise((done) => addEventListener("online", done, { once: true }))]);
    }
  }
}

async function answerTo(url, options) {
  let reply = await reach(url, options);
  for (let pause = 1; reply.status === 202; pause = Math.min(pause * 1.4, 6)) {
    const place = reply.headers.get("Location") ?? url;
    if (pause > 1) $("#panel").replaceChildren(...parsed(await reply.text()).querySelectorAll("#verdict"));
    await wait(1000 * pause);
    reply = await reach(place, {});
  }
  return reply;
}
const parsed = (html) => new DOMParser().parseFromString(policy.createHTML(html), "text/html");

function swap(html, posted) {
  const typed = new Map(boxes().map((input) => [input.name, input.value]));
  const { name, selectionStart } = document.activeElement ?? {};
  const fresh = parsed(html);
  let goesOn = false; // typed on while it was being checked: that stays, and so does the caret
  for (const id of ["rail", "lab", "card", "tries", "standing"]) {
    const part = fresh.getElementById(id);
    if (part) document.getElementById(id)?.replaceWith(part);
  }
  for (const input of boxes()) {
    if (!typed.has(input.name) || typed.get(input.name) === posted.get(input.name)) continue;
    input.value = typed.get(input.name);
    clearMark(input.closest(".link"));
    goesOn = true;
  }
  arrive();
  const box = goesOn && boxes().find((input) => input.name === name);
  (box || (posted.has("hint") && $("#card [data-newest] p")) || (posted.has("reading") && $("#lab [data-newest]")) || $("#verdict"))?.focus();
  if (box) box.setSelectionRange(selectionStart, selectionStart);
}

async function send(url, options, posted) {
  const button = $("#check");
  if (!button || button.getAttribute("aria-busy") === "true") return;
  const label = button.textContent;
  button.setAttribute("aria-busy", "true");
  button.textContent = button.dataset.busy;
  slow = setTimeout(() => tell("wait", data.words.slow), 1500);
  try {
    const reply = await answerTo(url, options);
    const html = await reply.text();
    clearTimeout(slow);
    if (reply.ok) {
      store.drop();
      note("saved");
      swap(html, posted);
    } else {
      tell("unread", parsed(html).querySelector("#error-detail")?.textContent.trim() || data.words.failed);
      $("#verdict").focus();
    }
  } finally {
    clearTimeout(slow);
    button.removeAttribute("aria-busy");
    button.textContent = label;
  }
  speak($("#verdict")?.textContent.replace(/\s+/g, " ").trim() ?? "");
}

function submit(target, submitter) {
  clearTimeout(soon);
  clearTimeout(later);
  const body = new FormData(target, submitter);
  send(submitter?.getAttribute("formaction") ?? target.action, { method: "POST", body }, body);
}

// ---- events: all on the document, because the card is replaced by every verdict --------------------------
addEventListener("submit", (event) => {
  if (event.target !== form()) return;
  event.preventDefault();
  submit(event.target, event.submitter);
});

addEventListener("input", (event) => {
  if (!form()?.contains(event.target)) return;
  clearMark(event.target.closest("[data-box]"));
  if (event.target.matches(".field input")) {
    echo(event.target, true);
    boxes().filter((box) => box !== event.target && box.value).forEach((box) => echo(box));
  }
  keepDraft();
});

addEventListener("focusin", (event) => {
  if (event.target.matches(".field input")) last = event.target;
  light(event.target.closest(".link[data-link]")?.dataset.link);
});

addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !form()?.contains(event.target)) return;
  if (event.ctrlKey || event.metaKey) {
    event.preventDefault();
    form().requestSubmit();
    return;
  }
  if (!event.target.matches(".field input")) return;
  const all = boxes();
  const next = all[all.indexOf(event.target) + (event.shiftKey ? -1 : 1)];
  if (next || event.shiftKey) event.preventDefault();
  next?.focus();
});

function insert(text) {
  const input = last?.isConnected ? last : boxes()[0];
  input.focus();
  const at = input.selectionStart;
  input.setRangeText(text, at, input.selectionEnd, "end");
  if (text === "()" || text === "[]") input.setSelectionRange(at + 1, at + 1);
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

addEventListener("pointerdown", (event) => { if (event.target.closest("[data-insert]")) event.preventDefault(); });
addEventListener("click", (event) => {
  const key = event.target.closest("[data-insert]");
  const fix = event.target.closest("[data-fix]");
  const part = event.target.closest("#net [data-link], #eq [data-link]");
  if (key) insert(key.dataset.insert);
  if (fix) {
    const input = $(".field input", fix.closest(".link"));
    input.value = fix.dataset.fix;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.focus();
  }
  if (part) $(`.link[data-link="${part.dataset.link}"] input`)?.focus();
  if (event.target.closest("#keys")) $("#help").showModal();
});
addEventListener("pointerover", (event) => {
  const part = event.target.closest?.("#net [data-link], #eq [data-link]");
  light((part ?? document.activeElement?.closest(".link[data-link]"))?.dataset.link);
});
addEventListener("toggle", (event) => { if (event.target.matches(".hint[open]")) $("p", event.target).focus(); }, true);

// A hint that opens in some seconds; a click that comes too early would only be refused.
function waitForHint() {
  const button = $("[data-wait]");
  if (!button) return;
  button.disabled = true;
  setTimeout(() => { button.disabled = false; }, 1000 * Number(button.dataset.wait));
}

addEventListener("time-over", (event) => { if (form()) event.detail.push(sendDraft()); });

function arrive() {
  waitForHint();
  $$(".palette, .kbd-note, #keys, #saved").forEach((part) => { part.hidden = false; });
  boxes().forEach((input) => echo(input));
  showMarks();
  if (form()?.dataset.poll) send(form().dataset.poll, {}, new FormData(form()));
}
restore();
arrive();
