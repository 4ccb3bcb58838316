// The editor: says what is not saved, warns before leaving, and speaks the preview's one-line summary.
const form = document.querySelector("[data-editor]");
const state = document.querySelector("[data-unsaved]");
const previewState = document.querySelector("[data-preview-state]");
let unsaved = document.querySelector("[role=alert]") !== null;

function show() {
  state.textContent = unsaved ? "Not saved yet" : "";
}

form.addEventListener("input", () => {
  unsaved = true;
  show();
});
form.addEventListener("submit", () => {
  unsaved = false;
});
window.addEventListener("beforeunload", (event) => {
  if (unsaved) event.preventDefault();
});
show();

document.body.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "preview") return;
  const sum = event.detail.target.querySelector("[data-preview-sum]");
  previewState.textContent = sum ? sum.textContent : "No preview";
  sum?.remove();
});
for (const name of ["htmx:sendError", "htmx:responseError"]) {
  document.body.addEventListener(name, () => {
    previewState.textContent = "The preview could not be refreshed. Your text is untouched.";
  });
}
