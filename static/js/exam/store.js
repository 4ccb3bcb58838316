// Answers that the server has not confirmed yet, kept in IndexedDB by user and attempt so that a reload, a lost
// connection or a closed browser loses none. A key is [user, attempt, position]; a value is
// { sent: { revision, state } | null, draft: state | null, base: the revision that the server had confirmed }.
// All windows of a browser share the rows. Each time a row is written it gets another stamp, by which a window tells
// what it wrote or read itself from what another one keeps there.

const NAME = "chartroom-answers";

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore("unsent");
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });
}

const answered = ({ sent, draft }) => (draft ?? sent?.state)?.answer != null;

const settled = (transaction) =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });

export class Store {
  constructor(user, attempt) {
    this.user = user;
    this.attempt = attempt;
    this.database = null;
    this.name = Math.random().toString(36).slice(2);
    this.stamps = new Set();
  }

  // False where the browser keeps nothing (private windows, a full disk): the page then says so.
  async ready() {
    try {
      this.database = await open();
      return true;
    } catch {
      return false;
    }
  }

  async all() {
    if (!this.database) return new Map();
    const range = IDBKeyRange.bound([this.user, this.attempt, 0], [this.user, this.attempt, Infinity]);
    const store = this.database.transaction("unsent").objectStore("unsent");
    return new Promise((resolve, reject) => {
      const kept = new Map();
      const request = store.openCursor(range);
      request.onsuccess = () => {
        const cursor = request.result;
        if (!cursor) return resolve(kept);
        kept.set(cursor.key[2], cursor.value);
        this.stamps.add(cursor.value.stamp);
        return cursor.continue();
      };
      request.onerror = () => reject(request.error);
    });
  }

  // Without sent and draft the row goes. What another window keeps is never deleted, and gives way to a change only
  // (changed: beside the time on screen), and where it has an answer, to an answer only.
  async keep(position, value, { changed = true } = {}) {
    if (!this.database) return;
    const transaction = this.database.transaction("unsent", "readwrite");
    const rows = transaction.objectStore("unsent");
    const key = [this.user, this.attempt, position];
    const found = rows.get(key);
    found.onsuccess = () => {
      const there = found.result;
      const foreign = there && !this.stamps.has(there.stamp);
      if (!value.sent && !value.draft) return foreign || rows.delete(key);
      if (foreign && (!changed || (answered(there) && !answered(value)))) return undefined;
      const stamp = `${this.name}-${this.stamps.size}`;
      this.stamps.add(stamp);
      return rows.put({ ...value, stamp }, key);
    };
    await settled(transaction);
  }
}

// For the system check before an exam: writes, reads and deletes one value.
export async function storageWorks() {
  const store = new Store("check", "check");
  if (!(await store.ready())) return false;
  try {
    await store.keep(0, { sent: null, draft: { note: "check" } });
    const kept = (await store.all()).get(0)?.draft?.note === "check";
    await store.keep(0, { sent: null, draft: null });
    return kept;
  } catch {
    return false;
  }
}
