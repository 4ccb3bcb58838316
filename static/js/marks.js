// A person's marks in the books: a sign beside every code that a page lists, whether it is there from the start
// or comes later, what the card of a code adds, and the keys `b` and `n` where a mark can be put.
const SIGNED = "a.ref, .tree a, .chapters a, .letters a, .az a, .sec > :is(h2, h4) a, [role=option][data-url]";
const KINDS = [["bookmark", "mark"], ["tab", "tab"], ["notes", "note"]];

// By the address of a page of the books, in their order; see codesets.marks.on_pages.
export let places = {};

export const typing = (element) =>
  element.matches("textarea, select, [contenteditable], input:not([type=radio]):not([type=checkbox])");

const markOf = (element) => places[new URL(element.dataset.url ?? element.href, location.href).pathname];
const said = (mark) => [
  ...(mark.bookmark ? ["bookmarked"] : []),
  ...(mark.tab ? [`tab ${mark.tab}`] : []),
  ...(mark.notes ? [mark.notes === 1 ? "1 note" : `${mark.notes} notes`] : []),
].join(", ");

function sign(element) {
  element.querySelector("[data-sign]")?.remove();
  const mark = markOf(element);
  if (!mark || element.closest(".marked")) return; // the list of all marks says it in words
  const shown = document.createElement("span");
  shown.className = "sign";
  shown.dataset.sign = "";
  shown.title = said(mark);
  for (const [, icon] of KINDS.filter(([kind]) => mark[kind])) {
    shown.innerHTML += `<svg width="10" height="10" viewBox="0 0 16 16" aria-hidden="true"><use href="#i-${icon}"/></svg>`;
  }
  const words = document.createElement("span");
  words.className = "vh";
  words.textContent = ` (${said(mark)})`;
  shown.append(words);
  (element.querySelector(".code") ?? element.querySelector("span") ?? element).append(shown);
}

function signAll(root) {
  if (root.matches(SIGNED)) sign(root);
  root.querySelectorAll(SIGNED).forEach(sign);
}

async function load() {
  try {
    const response = await fetch(document.body.dataset.marks, { credentials: "same-origin" });
    if (!response.ok || response.redirected) return;
    places = await response.json();
  } catch {
    return; // the page is whole without the signs
  }
  signAll(document.body);
  document.dispatchEvent(new CustomEvent("marks:loaded"));
}

// Clicks or enters the control of the key in `root`; what a pane beside the page holds has keys of its own.
export function markKey(event, root) {
  if (!("shortcuts" in document.body.dataset) || typing(event.target)) return undefined;
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  const controls = [...root.querySelectorAll(`[data-mark-key="${CSS.escape(event.key)}"]`)];
  const control = controls.find((each) => root !== document || !each.closest("[data-book-pane]"));
  if (!control) return undefined;
  event.preventDefault();
  if (!control.matches("textarea")) return control.click();
  control.closest("details").open = true;
  return control.focus();
}

document.addEventListener("keydown", (event) => markKey(event, document));
document.addEventListener("keydown", (event) => {
  const opened = event.key === "Escape" && event.target.closest("details.pop[open]");
  if (!opened) return;
  opened.open = false;
  opened.querySelector("summary").focus();
  event.stopPropagation();
}, true);
document.addEventListener("card:filled", ({ target, detail: card }) => {
  const mark = markOf(target);
  if (!mark) return;
  const line = document.createElement("span");
  line.className = "card-note";
  line.textContent = mark.note ? `Yours: ${said(mark)}. ${mark.note}` : `Yours: ${said(mark)}`;
  card.lastElementChild.before(line);
});
document.addEventListener("marks:changed", load);
for (const failed of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(failed, (event) => {
    const form = event.target.closest("[data-marks-bar] form, [data-marks-pane] form");
    if (!form) return;
    form.querySelector("[role=alert]")?.remove();
    const alert = document.createElement("p");
    alert.className = "sevline critical";
    alert.setAttribute("role", "alert");
    alert.textContent = "Not saved. What you wrote is still here; try again.";
    form.append(alert);
  });
}
new MutationObserver((changes) => {
  const added = changes.flatMap((change) => [...change.addedNodes]);
  for (const node of added) {
    if (node instanceof HTMLElement && !("sign" in node.dataset)) signAll(node);
  }
}).observe(document.body, { childList: true, subtree: true });
load();
