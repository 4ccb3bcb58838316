// The claim of a case as one thing to fill in: the grid, and the query to the provider. Beside a chart in practice,
// and as the answer to an item of an exam.

import { Grid } from "./grid.js";

const EMPTY = { diagnoses: [], procedures: [] };
const isEmpty = (claim) => !claim.diagnoses.length && !claim.procedures.length;

export class ClaimEditor {
  // onChange({ typing, moved }): the claim reads differently, perhaps. start: the claim that stands there as long as
  // nothing is answered, in an audit within an exam; answered: whether something is.
  constructor(root, onChange = () => {}, { start = null, answered = true } = {}) {
    Object.assign(this, { root, start, untouched: Boolean(start) && !answered });
    this.onChange = (options) => {
      this.untouched = false;
      onChange(options);
    };
    this.grid = new Grid(root.querySelector("[data-grid]"), this.onChange);
    root.addEventListener("change", (event) => {
      if (event.target.name === "query") this.onChange({ typing: false });
    });
    // Enter in a cell or at a query goes on; it hands nothing in.
    root.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target.matches("input") && !event.target.closest(".sure")) event.preventDefault();
    });
  }

  query() {
    return this.root.querySelector("[name=query]:checked")?.value || null;
  }

  // The shape that the server keeps; null without a line and without a query.
  read() {
    if (this.untouched) return null;
    const claim = this.grid.read();
    return isEmpty(claim) && !this.query() ? null : { claim, query: this.query() };
  }

  write(answer) {
    this.untouched = Boolean(this.start) && !answer;
    this.grid.write(answer?.claim ?? this.start ?? EMPTY);
    for (const input of this.root.querySelectorAll("[name=query]")) input.checked = input.value === (answer?.query ?? "");
  }
}
