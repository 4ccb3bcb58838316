// The report: its print button, and answers that this device still keeps, which the server then shows as late.

import { sendUnsent } from "./unsent.js";

document.querySelector("[data-print]").addEventListener("click", () => window.print());

const own = document.querySelector("[data-own-report]");
if (own) sendUnsent(own.dataset).then(({ sent }) => sent && location.reload());
