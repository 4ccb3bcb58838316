// Outside the sitting: sends what this device still keeps of an attempt's answers. While the attempt is open they
// are saved; after closing the server keeps them as late.

import { Requests } from "./requests.js";
import { NOTHING, Saver } from "./saver.js";
import { Store } from "./store.js";

// Gives { sent, left, refused, stopped }: how many answers arrived, the positions of those that still wait here, why
// the server did not take some of them, and the saver's state where nobody is here to save as.
export async function sendUnsent({ attempt, user, api, csrf, csrfUrl }) {
  const store = new Store(user, attempt);
  if (!(await store.ready())) return { sent: 0, left: [], refused: new Map(), stopped: null };
  const saver = new Saver({
    requests: new Requests(csrfUrl, csrf),
    store,
    address: (position) => `${api}responses/${position}/`,
    show() {},
    onConflict() {},
    onClosed() {},
    onClock() {},
  });
  const unsent = await store.all();
  for (const [position, kept] of unsent) {
    saver.add(position, { revision: kept.base, state: NOTHING }, kept); // what was there before is not known here
  }
  await saver.flushAll();
  const left = [...saver.records].filter(([, record]) => record.sent || record.draft).map(([position]) => position);
  return { sent: unsent.size - left.length, left, refused: saver.refused(), stopped: saver.stopped };
}
