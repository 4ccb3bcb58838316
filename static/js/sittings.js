// The live list of a sitting renews itself: what was ticked stays ticked. htmx brings the focus back by its id.
const list = document.querySelector("#sittings");
const ticked = new Set();

list.addEventListener("change", ({ target }) => {
  if (target.checked) ticked.add(target.value);
  else ticked.delete(target.value);
});

const tick = () => {
  for (const box of list.querySelectorAll("[name=attempt]")) box.checked = ticked.has(box.value);
};

// a page that comes back by the browser's own history brings its ticks along
for (const box of list.querySelectorAll("[name=attempt]:checked")) ticked.add(box.value);
list.addEventListener("htmx:afterSwap", tick);
