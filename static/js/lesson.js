// A lesson: the heading in view is marked in the outline, n and p go to the neighbors, Print prints.
const links = new Map(
  [...document.querySelectorAll("[data-outline] a")].map((link) => [link.hash.slice(1), link]),
);
const headings = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);

function mark() {
  const line = window.innerHeight / 3;
  let here = null;
  for (const heading of headings) {
    if (heading.getBoundingClientRect().top > line) break;
    here = heading.id;
  }
  for (const [id, link] of links) {
    if (id === here) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

// The text scrolls by itself beside its panes: the keys that scroll must find it.
const article = document.querySelector("[data-article]");
if (document.activeElement === document.body && !location.hash && window.matchMedia("(min-width: 64rem)").matches) {
  article.focus({ preventScroll: true });
}

let waiting = false;
function markSoon() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    mark();
  });
}
document.addEventListener("scroll", markSoon, { passive: true, capture: true });
mark();

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

document.addEventListener("keydown", (event) => {
  if (!("shortcuts" in document.body.dataset)) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input, textarea, select, [contenteditable]")) return;
  document.querySelector(`a[data-key="${CSS.escape(event.key)}"]`)?.click();
});
