// The board is asked for anew every half minute while it is looked at; a 304 changes nothing.
const live = document.querySelector("#live");
const pause = document.querySelector("#pause");
const policy = globalThis.trustedTypes?.createPolicy("frag", { createHTML: (html) => html }) ?? { createHTML: (html) => html };
let etag = "";
let paused = false;

const place = (element) => element && live.contains(element) ? element.getAttribute("href") ?? element.getAttribute("aria-label") : null;
const find = (mark) => [...live.querySelectorAll("a, [tabindex]")].find((each) => place(each) === mark);

async function refresh() {
  if (paused || document.visibilityState !== "visible") return;
  try {
    const reply = await fetch(location.href, { headers: { "X-Fragment": "1", ...(etag && { "If-None-Match": etag }) }, cache: "no-store" });
    if (reply.status !== 200 || paused) return;
    etag = reply.headers.get("ETag") ?? "";
    const text = await reply.text();
    const [mark, top] = [place(document.activeElement), live.querySelector(".scroll")?.scrollTop ?? 0];
    live.innerHTML = policy.createHTML(text);
    live.querySelector(".scroll")?.scrollTo(0, top);
    if (mark) find(mark)?.focus({ preventScroll: true });
  } catch { /* no network: the next time */ }
}

if (live) {
  pause.hidden = false;
  pause.addEventListener("click", () => {
    paused = !paused;
    pause.querySelector("span").textContent = paused ? live.dataset.paused : live.dataset.running;
    refresh();
  });
  addEventListener("visibilitychange", refresh);
  setInterval(refresh, 1000 * Number(live.dataset.every));
}
