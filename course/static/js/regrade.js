// While a regrade is under way: says how far it is, and shows the list once it is there.

const part = document.querySelector("#under-way");
const standing = document.querySelector("#standing");
const PAUSE = 1500; // milliseconds

async function look() {
  try {
    const reply = await fetch(part.dataset.here, { headers: { "X-Fragment": "1" } });
    if (reply.ok) {
      const told = await reply.json();
      if (told.done) {
        location.reload();
        return;
      }
      if (standing.textContent !== told.words) standing.textContent = told.words;
    }
  } catch {
    // no connection: the next look may have one
  }
  setTimeout(look, PAUSE);
}

if (part) setTimeout(look, PAUSE);
