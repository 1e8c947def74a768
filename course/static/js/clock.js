// The clock of a sitting. The server knows when it ends; the page asks it now and then, for the end may be moved.
const clock = document.getElementById("clock");
const say = clock.querySelector("[role=status]");
const EVERY = 15000; // milliseconds between two questions
const SOON = [600, 300, 60]; // seconds left at which those who listen are told
const ahead = Date.parse(clock.dataset.now) - Date.now(); // of this device's clock
let ends = Date.parse(clock.dataset.ends);
let last = Date.parse(clock.dataset.last);
let told = Infinity, done = false;

const left = () => Math.max(0, Math.ceil((ends - Date.now() - ahead) / 1000));
const shown = (seconds) => {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
};

function tick() {
  const seconds = left();
  clock.querySelector(".left").textContent = clock.dataset.left.replace("%s", shown(seconds));
  clock.dataset.state = seconds === 0 ? "over" : seconds <= 60 ? "soon" : "";
  const mark = SOON.findLast((each) => seconds <= each);
  if (mark !== undefined && mark < told && seconds > 0) say.textContent = `${clock.dataset.minutes} ${Math.ceil(seconds / 60)}`;
  told = mark ?? Infinity;
  if (seconds === 0) over();
}

// What was typed last is saved while the grace lasts; then the page of the assignment says what came of it.
async function over() {
  if (done) return;
  done = true;
  say.textContent = clock.dataset.over;
  const saving = [];
  document.dispatchEvent(new CustomEvent("time-over", { detail: saving }));
  await Promise.allSettled(saving);
  await ask();
  if (left() > 0) { done = false; return; } // moved in the last moment
  if (location.pathname !== clock.dataset.home) location.assign(clock.dataset.home);
  else setTimeout(() => location.reload(), Math.max(1000, last - Date.now() - ahead + 1000));
}

async function ask() {
  try {
    const reply = await fetch(clock.dataset.url, { credentials: "same-origin" });
    if (!reply.ok) return;
    const now = await reply.json();
    if (!now.open && !done) { location.assign(clock.dataset.home); return; }
    const moved = Date.parse(now.ends);
    if (Number.isNaN(moved) || moved === ends) return;
    last += moved - ends;
    ends = moved;
    clock.querySelector("time").textContent = now.shown;
    say.textContent = `${clock.dataset.moved} ${now.shown}`;
    tick();
  } catch { /* no network: the clock goes on */ }
}

setInterval(tick, 1000);
setInterval(() => { if (!document.hidden) ask(); }, EVERY);
addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
addEventListener("focus", ask);
tick();
