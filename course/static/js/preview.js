// The preview page: what is typed is understood and typeset as for a student; nothing is sent.
import { $, $$, echo } from "./echo.js";

addEventListener("input", (event) => {
  if (!event.target.matches(".field input")) return;
  echo(event.target, true);
  $$("#answer .field input").filter((box) => box !== event.target && box.value).forEach((box) => echo(box));
});
addEventListener("click", (event) => {
  const fix = event.target.closest("[data-fix]");
  if (!fix) return;
  const input = $(".field input", fix.closest(".link"));
  input.value = fix.dataset.fix;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.focus();
});
