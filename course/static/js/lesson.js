// Steps through a page of the lesson with the arrow keys, the two buttons or a click: each step lights its part.
const $ = (selector) => document.querySelector(selector);
const $$ = (selector) => [...document.querySelectorAll(selector)];
const beats = $$(".beat");
const words = (text) => (text ? text.split(" ") : []);
const walker = $("#walker");
let now = 0;

function light(beat) {
  const lit = new Set(words(beat.dataset.lit));
  const links = new Set(words(beat.dataset.links));
  for (const part of $$("#net [data-name]")) part.classList.toggle("lit", lit.has(part.dataset.name));
  for (const part of $$("#net [data-link], #eq [data-link]")) part.classList.toggle("hot", links.has(part.dataset.link));
  const pending = new Set(beats.slice(now + 1).flatMap((later) => words(later.dataset.finds)));
  for (const node of $$("#net .node")) node.classList.toggle("pending", pending.has(node.dataset.name));
}

function show(index, scroll = true) {
  now = index;
  beats.forEach((beat, i) => (i === now ? beat.setAttribute("aria-current", "step") : beat.removeAttribute("aria-current")));
  light(beats[now]);
  $("#at").textContent = $("#at").dataset.text.replace("{now}", now + 1).replace("{all}", beats.length);
  if (scroll) beats[now].scrollIntoView({ block: "nearest" });
  history.replaceState(null, "", now ? `#step-${now + 1}` : location.pathname);
}

function move(by) {
  const next = now + by;
  if (beats[next]) show(next);
  else $(by > 0 ? "a[rel=next]" : "a[rel=prev]")?.click();
}

addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.target.closest("input, select, .line")) return;
  const forward = document.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
  if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
  event.preventDefault();
  move(event.key === forward ? 1 : -1);
});
$("#back").addEventListener("click", () => move(-1));
$("#on").addEventListener("click", () => move(1));
for (const [index, beat] of beats.entries()) beat.addEventListener("click", () => show(index, false));

document.body.classList.add("stepping");
walker.hidden = false;
const start = Number(location.hash.replace("#step-", "")) - 1;
show(beats[start] ? start : 0, Boolean(beats[start]));
