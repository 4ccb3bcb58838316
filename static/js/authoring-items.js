// The student's controls inside an author's preview or a reviewer's page: claim grid, lines to put in order, the
// list under a code.
import { Grid } from "./case/grid.js";
import { completeCode } from "./exam/complete.js";
import { orderLines } from "./exam/sequence.js";

function furnish(root) {
  for (const grid of root.querySelectorAll("[data-grid]:not([data-author])")) new Grid(grid, () => {});
  for (const list of root.querySelectorAll("[data-sequence]")) orderLines(list);
  for (const input of root.querySelectorAll(".entry [data-complete]")) completeCode(input);
}

furnish(document);
document.body.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "preview") furnish(event.detail.target);
});
