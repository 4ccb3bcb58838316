// The claim as rows, filled from the keyboard alone. Names, numbers and labels follow the places of the rows, and
// pointers follow their diagnosis. An empty last row is always there. data-author: whose names begin with it, the
// rows of a key that an author writes (static/js/authoring-claim.js). Where the cells have no list (data-complete), as
// in an exam, the books are not asked and no title is shown.

import { completeCode } from "../exam/complete.js";
import { display, looksLikeCode, systemOf, TAGS } from "./codes.js";
import { findTitle, knownTitle, remember } from "./titles.js";

const CHARGES = ["modifiers", "units", "pointers"];
const NOT_A_CODE = "Not a code: choose one from the list, or clear the cell.";
const NOT_A_CODE_ALONE = "Not a code.";
const words = (text) => text.trim().split(/[\s,;]+/).filter(Boolean);
const cell = (row, name) => row.querySelector(`[data-cell="${name}"]`);
let boxes = 0;

export class Grid {
  // onChange({ typing, moved }): the claim reads differently, perhaps.
  constructor(root, onChange) {
    Object.assign(this, { root, onChange, inpatient: root.dataset.inpatient === "true", author: root.dataset.author });
    this.tables = new Map([...root.querySelectorAll("[data-part]")].map((table) => [table.dataset.part, table]));
    this.blank = new Map();
    this.cpt = root.querySelector("[data-cpt-notice]");
    for (const part of this.tables.keys()) this.setUp(part);
    root.addEventListener("input", (event) => this.edited(event, true));
    root.addEventListener("change", (event) => this.edited(event, false));
    root.addEventListener("keydown", (event) => this.key(event));
    root.addEventListener("click", (event) => {
      const button = event.target.closest("[data-remove]");
      if (button) this.remove(button.closest("[data-row]"));
    });
  }

  rows(part) {
    return [...this.tables.get(part).querySelectorAll("[data-row]")];
  }

  part(row) {
    return row.closest("[data-part]").dataset.part;
  }

  // An author's row may say something before it has a code.
  empty(row) {
    return ![...row.querySelectorAll("input:not([type]), textarea")].some((each) => each.value);
  }

  // Those rows that are lines of the claim, in its order.
  lines(part) {
    return this.rows(part).filter((row) => this.code(row));
  }

  code(row) {
    const text = cell(row, "code").value;
    const part = this.part(row);
    return looksLikeCode(part, text) ? display(part, text) : "";
  }

  // Where lines have no charges they are of ICD-10-PCS, finished or not; elsewhere the code tells.
  system(row) {
    return cell(row, "system")?.value ?? systemOf(this.code(row));
  }

  setUp(part) {
    const rows = this.rows(part);
    this.blank.set(part, rows.at(-1).cloneNode(true));
    const empty = rows.filter((each) => this.empty(each));
    for (const row of empty.slice(1)) row.remove();
    for (const row of this.rows(part)) this.furnish(row);
    if (part === "dx") this.pin();
    this.renumber(part);
  }

  furnish(row) {
    const box = cell(row, "code");
    if (!box.dataset.complete) return this.dress(row);
    completeCode(box, {
      name: `cell-${(boxes += 1)}`,
      isCode: (text) => looksLikeCode(this.part(row), text),
      onFound: (found) => {
        remember(found);
        this.title(row);
      },
    });
    if (knownTitle(box.value) === undefined && this.code(row)) {
      const title = row.querySelector("[data-title]").textContent;
      if (title) remember([{ code: box.value, title }]);
    }
    return this.dress(row);
  }

  add(part) {
    const row = this.blank.get(part).cloneNode(true);
    this.tables.get(part).tBodies[0].append(row);
    this.furnish(row);
    return row;
  }

  // What depends on the code: its tag, the cells that its system has, whether it was given, its title.
  dress(row) {
    const code = this.code(row);
    const box = cell(row, "code");
    const odd = box.value.trim() !== "" && !code && document.activeElement !== box;
    if (odd) box.setAttribute("aria-invalid", "true");
    else box.removeAttribute("aria-invalid");
    const given = row.querySelector("[data-given-mark]");
    if (given) given.hidden = !code || row.dataset.given !== code;
    const tag = row.querySelector("[data-tag]");
    if (tag) {
      const system = this.system(row);
      const [letters, css, name] = TAGS[system];
      Object.assign(tag, { hidden: !code, textContent: letters, className: `tag ${css}`, title: name });
      for (const each of CHARGES) {
        const input = cell(row, each);
        if (input) input.disabled = !this.author && Boolean(code) && system === "icd10pcs";
      }
    }
    this.title(row);
  }

  title(row) {
    if (!row.isConnected) return; // it was removed while its title was asked for
    const code = this.code(row);
    const box = cell(row, "code");
    const title = row.querySelector("[data-title]");
    const odd = box.dataset.complete ? NOT_A_CODE : NOT_A_CODE_ALONE;
    const known = (box.dataset.complete && knownTitle(code)) || "";
    title.textContent = code ? known : box.hasAttribute("aria-invalid") ? odd : "";
    title.parentElement.title = title.textContent;
  }

  async lookUp(row) {
    const code = this.code(row);
    const { complete } = cell(row, "code").dataset;
    if (!code || !complete) return;
    await findTitle(complete, code);
    this.title(row);
  }

  edited(event, typing) {
    const row = event.target.closest("[data-row]");
    if (!row) return;
    const part = this.part(row);
    if (event.target === cell(row, "code")) {
      const before = event.target.value;
      if (!typing && this.code(row)) event.target.value = this.code(row);
      if (before !== event.target.value) event.target.setSelectionRange(-1, -1);
      this.dress(row);
      if (!typing) this.lookUp(row);
    }
    if (event.target === cell(row, "role")) this.choose(row);
    if (this.rows(part).at(-1) === row && cell(row, "code").value) this.add(part);
    this.settle(part);
    this.renumber(part);
    this.onChange({ typing });
  }

  // A chosen role stays. Choosing "principal" brings the line to the top and takes the role from any other.
  choose(row) {
    row.dataset.pinned = "";
    if (cell(row, "role").value !== "principal") return;
    for (const other of this.rows("dx")) {
      if (other !== row && cell(other, "role").value === "principal") cell(other, "role").value = "secondary";
    }
    this.keepingPointers(() => this.tables.get("dx").tBodies[0].prepend(row));
    cell(row, "role").focus();
    this.say("Moved to line 1.");
  }

  // By its place the first diagnosis that is no admitting one leads: principal or first-listed.
  placed(tell) {
    const lines = this.lines("dx").filter((row) => cell(row, "role").value !== "admitting");
    const leads = this.inpatient ? "principal" : "first_listed";
    const led = lines.some((row) => "pinned" in row.dataset && cell(row, "role").value === leads);
    lines.forEach((row, at) => tell(row, at || (led && !("pinned" in row.dataset)) ? "secondary" : leads));
  }

  // Which roles stay: those that can be chosen and were given, and those that differ from what their place says.
  pin() {
    const all = this.inpatient && "begun" in this.root.dataset;
    this.placed((row, role) => {
      if (all || cell(row, "role").value !== role) row.dataset.pinned = "";
    });
  }

  settle(part) {
    if (part !== "dx") return;
    this.placed((row, role) => {
      if (!("pinned" in row.dataset)) cell(row, "role").value = role;
    });
  }

  // Where a claim has no cells for roles, the order is the only way to say them: changing it says them anew.
  order(part, change) {
    if (part !== "dx") return change();
    this.keepingPointers(change);
    if (!this.inpatient) for (const row of this.rows("dx")) delete row.dataset.pinned;
    return this.settle("dx");
  }

  renumber(part) {
    this.rows(part).forEach((row, at) => {
      const place = row.querySelector("[data-line]");
      (place.querySelector("a") ?? place).textContent = at + 1;
      for (const input of row.querySelectorAll("[data-cell]")) {
        input.name = `${this.author ? `${this.author}-` : ""}${part}-${at + 1}-${input.dataset.cell}`;
      }
      for (const named of row.querySelectorAll("[aria-label]")) named.ariaLabel = named.ariaLabel.replace(/\d+$/, at + 1);
    });
    if (this.cpt) this.cpt.hidden = !this.lines("px").some((row) => this.system(row) === "cpt" && this.code(row).length === 5);
  }

  // Does something to the rows of diagnoses; a pointer goes on naming the row that it named, a lost one goes.
  keepingPointers(change) {
    const before = this.rows("dx");
    const named = this.rows("px")
      .map((row) => cell(row, "pointers"))
      .filter(Boolean)
      .map((input) => [input, words(input.value).map((word) => before[this.pointer(word) - 1] ?? word)]);
    change();
    const after = this.rows("dx");
    for (const [input, rows] of named) {
      const numbers = rows.map((row) => (typeof row === "string" ? row : after.indexOf(row) + 1));
      input.value = numbers.filter((number) => number !== 0).join(" ");
    }
  }

  // A pointer is the number of a line or, as on the paper form, its letter.
  pointer(word) {
    return /^\d+$/.test(word) ? Number(word) : /^[a-z]$/i.test(word) ? word.toUpperCase().charCodeAt(0) - 64 : 0;
  }

  move(row, by) {
    const part = this.part(row);
    const rows = this.rows(part);
    const at = rows.indexOf(row);
    const other = rows[at + by];
    if (!other || at === rows.length - 1 || at + by === rows.length - 1) return;
    // The neighbor moves around the row, which so keeps the focus.
    this.order(part, () => (by < 0 ? row.after(other) : row.before(other)));
    this.renumber(part);
    this.say(`Moved to line ${at + by + 1}.`);
    this.onChange({ typing: false, moved: true });
  }

  remove(row) {
    const part = this.part(row);
    const rows = this.rows(part);
    const at = rows.indexOf(row);
    if (at === rows.length - 1) return;
    this.order(part, () => row.remove());
    this.renumber(part);
    cell(this.rows(part)[at], "code").focus();
    this.say(`Line ${at + 1} removed.`);
    this.onChange({ typing: false, moved: true });
  }

  key(event) {
    const row = event.target.closest("[data-row]");
    if (!row || event.defaultPrevented || event.isComposing || event.altKey || event.metaKey || event.target.closest("details")) return;
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (event.ctrlKey && step) this.move(row, step);
    else if (event.ctrlKey && event.key === "Delete") this.remove(row);
    else if (event.ctrlKey || event.shiftKey) return;
    else if (event.key === "Enter" && !event.target.matches("button")) this.go(row, 1, "code");
    else if (step && event.target.matches("input")) this.go(row, step, event.target.dataset.cell);
    else return;
    event.preventDefault();
  }

  // To the row above or below, and over the edge into the other table.
  go(row, step, name) {
    const all = [...this.root.querySelectorAll("[data-row]")];
    const next = all[all.indexOf(row) + step];
    if (!next) return;
    const same = cell(next, name);
    const target = same && !same.disabled && same.type !== "hidden" ? same : cell(next, "code");
    target.focus();
    target.select?.();
  }

  say(text) {
    this.root.querySelector("[data-grid-said]").textContent = text;
  }

  // Cells with words that are no code; the first of them takes the focus.
  unread() {
    const odd = ["dx", "px"].flatMap((part) => this.rows(part)).filter((row) => cell(row, "code").value.trim() && !this.code(row));
    odd.forEach((row) => this.dress(row));
    if (odd.length) cell(odd[0], "code").focus();
    return odd.length;
  }

  // The claim as an answer holds it. What cannot be read yet, half a modifier say, is left out.
  read() {
    const lines = this.lines("dx");
    const rows = this.rows("dx");
    return {
      diagnoses: lines.map((row) => ({
        code: this.code(row),
        role: cell(row, "role").value,
        poa: cell(row, "poa")?.value ?? "",
      })),
      procedures: this.lines("px").map((row) => this.readProcedure(row, (word) => lines.indexOf(rows[this.pointer(word) - 1]) + 1)),
    };
  }

  readProcedure(row, place) {
    const code = this.code(row);
    const text = (name) => (cell(row, name)?.disabled ? "" : (cell(row, name)?.value ?? ""));
    const units = text("units").trim();
    return {
      system: this.system(row),
      code,
      modifiers: words(text("modifiers").toUpperCase()).filter((word) => /^[A-Z0-9]{2}$/.test(word)),
      units: /^\d{1,6}$/.test(units) ? Number(units) : 1,
      pointers: words(text("pointers")).map(place).filter(Boolean),
    };
  }

  write(claim) {
    for (const part of this.tables.keys()) for (const row of this.rows(part)) row.remove();
    for (const line of claim.diagnoses) {
      const row = this.add("dx");
      cell(row, "code").value = line.code;
      cell(row, "role").value = line.role;
      if (cell(row, "poa")) cell(row, "poa").value = line.poa;
    }
    for (const line of claim.procedures) {
      const row = this.add("px");
      cell(row, "code").value = line.code;
      if (cell(row, "units")) {
        cell(row, "modifiers").value = line.modifiers.join(" ");
        cell(row, "units").value = line.units;
        cell(row, "pointers").value = line.pointers.join(" ");
      }
    }
    for (const part of this.tables.keys()) {
      for (const row of this.rows(part)) {
        this.dress(row);
        this.lookUp(row);
      }
      this.add(part);
      this.renumber(part);
    }
    this.pin();
  }
}
