// `[` and `]` go to the neighbours in the book, unless the reader switched single keys off or is typing.
const keys = { "[": "[data-previous]", "]": "[data-next]" };

document.addEventListener("keydown", (event) => {
  if (!("shortcuts" in document.body.dataset) || !(event.key in keys)) return;
  if (event.ctrlKey || event.metaKey || event.target.matches("input, textarea, select, [contenteditable]")) return;
  document.querySelector(keys[event.key])?.click();
});
// On a long tree the current place comes into view, without moving the page itself.
const here = document.querySelector(".tree [aria-current=page]");
const pane = here?.closest(".pane");
if (pane && here.offsetTop - pane.offsetTop > pane.clientHeight * 0.75) {
  pane.scrollTop = here.offsetTop - pane.offsetTop - pane.clientHeight / 3;
}
