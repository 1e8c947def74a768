// One button that copies the text above it.
const [button, text] = [document.querySelector("#copy"), document.querySelector("#addresses")];
if (button && navigator.clipboard) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text.value);
    button.querySelector("span").textContent = button.dataset.done;
  });
}
