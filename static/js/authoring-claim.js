// The key of a case and the claim of an audit as their author writes them: the student's grid, and in each row of a
// key the words of the chart that bear it, its reason and the rest. The orders that bind follow the rows too.

import { Grid } from "./case/grid.js";

const form = document.querySelector("#item");
const named = (name) => form.elements.namedItem(name);
const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

class ClaimGrid extends Grid {
  constructor(root) {
    // What is typed tells the form by itself.
    super(root, ({ moved }) => moved && form.dispatchEvent(new Event("input")));
    root.addEventListener("click", ({ target }) => {
      const move = target.closest("[data-move]");
      const use = target.closest("[data-use-selection]");
      if (move) this.move(move.closest("[data-row]"), Number(move.dataset.move));
      if (use) support(use.closest("[data-row]").querySelector("[data-cell=support]"));
    });
  }

  // A finding names a row by its place among those that say something.
  renumber(part) {
    super.renumber(part);
    let place = 0;
    for (const row of this.rows(part)) row.id = this.empty(row) ? "" : `${this.author}-${part}-${(place += 1)}`;
  }

  order(part, change) {
    return super.order(part, part === "dx" ? change : () => this.keepingOrders(part, change));
  }

  keepingPointers(change) {
    super.keepingPointers(() => this.keepingOrders("dx", change));
  }

  // "2 before 3" goes on naming the same rows; without one of them it goes.
  keepingOrders(part, change) {
    const box = this.root.querySelector(`[data-before="${part}"]`);
    const before = this.rows(part);
    change();
    if (!box) return;
    const after = this.rows(part);
    const place = (number) => (before[number - 1] ? after.indexOf(before[number - 1]) + 1 : number);
    const lines = box.value.split("\n").map((line) => line.replace(/\d+/g, place));
    box.value = lines.filter((line) => !/\b0\b/.test(line)).join("\n");
  }

  // The day of the encounter chooses the books, the setting which cells a row has.
  meet(setting, on) {
    const inpatient = setting === "inpatient";
    if (inpatient !== this.inpatient) {
      this.inpatient = inpatient;
      this.root.dataset.inpatient = inpatient;
      for (const row of this.rows("dx")) delete row.dataset.pinned;
      this.settle("dx");
    }
    const rows = [...this.tables.keys()].flatMap((part) => [...this.rows(part), this.blank.get(part)]);
    for (const row of on ? rows : []) {
      const box = row.querySelector("[data-complete]");
      const address = new URL(box.dataset.complete, location.href);
      address.searchParams.set("on", on);
      box.dataset.complete = address.pathname + address.search;
    }
  }
}

const grids = [...form.querySelectorAll("[data-author]")].map((root) => new ClaimGrid(root));

form.addEventListener("change", ({ target }) => {
  if (!target.name.startsWith("given-")) return;
  const setting = named("given-setting").value;
  const from = named("given-service_from").value;
  const left = named("given-discharged_on").value || named("given-service_to").value;
  for (const grid of grids) grid.meet(setting, setting === "inpatient" ? left || from : from);
});

// The words of the chart that were selected last: opening the details of a row takes the selection away.
let selected = "";
const keep = (words) => {
  if (words.trim()) selected = words;
};
form.addEventListener("select", ({ target }) => {
  if (target.matches("[data-chart-text]")) keep(target.value.slice(target.selectionStart, target.selectionEnd));
});
document.addEventListener("selectionchange", () => {
  const selection = getSelection();
  const node = selection.anchorNode;
  const element = node?.nodeType === Node.ELEMENT_NODE ? node : node?.parentElement;
  if (element?.closest("#preview .document")) keep(selection.toString());
});

// As the document has them, whose Markdown the preview does not show; a phrase ends with its line.
function phrases(words) {
  const pattern = new RegExp(words.trim().split(/\s+/).map(escaped).join("[\\s*_>-]+"));
  const texts = [...form.querySelectorAll("[data-chart-text]")].map((box) => box.value);
  const found = texts.map((text) => text.match(pattern)?.[0]).find(Boolean) ?? words;
  return found.split("\n").map((line) => line.trim()).filter(Boolean);
}

function support(box) {
  if (!selected) return;
  box.value = [...box.value.split("\n").filter((line) => line.trim()), ...phrases(selected)].join("\n");
  selected = "";
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
}

// What the checks say of a row stands in it too.
function tell() {
  for (const place of form.querySelectorAll("[data-problem]")) {
    place.hidden = true;
    place.replaceChildren();
    place.closest("[data-row]").classList.remove("critical", "warning");
  }
  for (const finding of document.querySelectorAll("#preview .problems .finding")) {
    for (const link of finding.querySelectorAll('a[href^="#key-"]')) {
      const row = form.querySelector(link.hash);
      const place = row?.querySelector("[data-problem]");
      if (!place) continue;
      const said = document.createElement("p");
      said.textContent = link.parentElement.textContent;
      place.append(said);
      place.hidden = false;
      row.classList.add(finding.classList.contains("critical") ? "critical" : "warning");
    }
  }
}

tell();
document.body.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "preview") tell();
});
