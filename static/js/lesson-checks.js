// The questions of a lesson: code boxes complete, orders move; also in what comes back from a check.
import { completeCode } from "./exam/complete.js";
import { orderLines } from "./exam/sequence.js";

function enliven(root) {
  for (const box of root.querySelectorAll(".check [data-complete]")) completeCode(box, { name: box.id });
  for (const list of root.querySelectorAll(".check [data-sequence]")) orderLines(list);
}

enliven(document);
document.body.addEventListener("htmx:load", (event) => {
  if (event.target.classList?.contains("check")) enliven(event.target.parentElement);
});
