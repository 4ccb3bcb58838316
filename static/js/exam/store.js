// Answers that the server has not confirmed yet, kept in IndexedDB by user and attempt so that a reload, a lost
// connection or a closed browser loses none. A key is [user, attempt, position]; a value is
// { sent: { revision, state } | null, draft: state | null, base: the revision that the server had confirmed }.

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
        return cursor.continue();
      };
      request.onerror = () => reject(request.error);
    });
  }

  async keep(position, value) {
    if (!this.database) return;
    const transaction = this.database.transaction("unsent", "readwrite");
    const key = [this.user, this.attempt, position];
    if (value.sent || value.draft) transaction.objectStore("unsent").put(value, key);
    else transaction.objectStore("unsent").delete(key);
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
