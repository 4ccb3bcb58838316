// The review page: what this device still keeps is sent, then the page is shown anew, so that what is handed in is
// what the student sees.

import { sendUnsent } from "./unsent.js";

const page = document.querySelector("[data-review-page]");
const box = page.querySelector("[data-unsent]");

async function send() {
  const { sent, left } = await sendUnsent(page.dataset);
  if (sent) return location.reload();
  box.hidden = !left.length;
  box.querySelector("[data-unsent-words]").textContent =
    `On this device, not yet received: ${left.length === 1 ? "item" : "items"} ${left.join(", ")}.`;
}

addEventListener("online", send);
send();
