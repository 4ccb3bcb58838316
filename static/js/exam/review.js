// The review page: sends what this device still keeps for the attempt, then shows the page anew, so that what is
// handed in is what the student sees.

import { Requests } from "./requests.js";
import { Saver } from "./saver.js";
import { Store } from "./store.js";

const page = document.querySelector("[data-review-page]");
const { attempt, user, api, csrf, csrfUrl } = page.dataset;
const box = page.querySelector("[data-unsent]");

const store = new Store(user, attempt);
const saver = new Saver({
  requests: new Requests(csrfUrl, csrf),
  store,
  address: (position) => `${api}responses/${position}/`,
  show() {},
  onConflict() {},
  onClosed: () => location.reload(),
  onClock() {},
});

async function send() {
  if (!(await store.ready())) return;
  const unsent = await store.all();
  if (!unsent.size) return;
  for (const [position, kept] of unsent) {
    saver.add(position, { revision: kept.base, state: kept.sent?.state ?? kept.draft }, kept);
  }
  await saver.flushAll();
  if (!saver.waiting()) return location.reload();
  const places = [...saver.records].filter(([, record]) => record.sent || record.draft).map(([position]) => position);
  box.querySelector("[data-unsent-words]").textContent =
    `On this device, not yet received: ${places.length === 1 ? "item" : "items"} ${places.join(", ")}.`;
  box.hidden = false;
}

addEventListener("online", () => saver.replay().then(() => saver.waiting() || location.reload()));
send();
