// Sends answers to the server and keeps each until the server has it.
//
// A save carries the last acknowledged revision plus one. Edits that have not been sent merge under that number.
// What has been sent stays as it was sent until its outcome is known: after a lost connection the same words go
// under the same number again, so that the server can tell a repeat from a second opinion, and later edits follow
// under the next one. At most one save of an item is on its way.

import { SignedOut } from "./requests.js";
import { sameState } from "./answers.js";

export const NOTHING = { answer: null, flagged: false, struck: [], note: "", sure: null, marks: [], seconds: 0 };
const WORTH_SENDING = 3; // seconds on screen that go as a save of their own

const SOON = 250;
const AFTER_TYPING = 800;
const AT_LATEST = 2000;
const RETRY = [1000, 2000, 4000, 8000, 15000];

const worthSending = (draft, acked) =>
  !sameState(draft, acked) || (draft.seconds ?? 0) - (acked.seconds ?? 0) >= WORTH_SENDING;

export class Saver {
  // show(position, { kind, at?, why? }) puts the state into words; onConflict(position, mine, kept),
  // onNewer(position, state), onClosed(body), onClock(body) are told what the server said. Newer is what another
  // window saved where nothing was changed here.
  constructor({ requests, store, address, show, onConflict, onNewer = () => {}, onClosed, onClock }) {
    Object.assign(this, { requests, store, address, show, onConflict, onNewer, onClosed, onClock });
    this.records = new Map();
    this.closed = false;
    this.stopped = null; // what to say while nobody is here to save as
  }

  // acked: the revision and state that the page came with; unsent: what an earlier visit left in the store.
  add(position, acked, unsent) {
    const { sent = null, draft = null } = unsent ?? {};
    const record = { acked, sent, draft, kept: true, flying: null, tries: 0, refused: "" };
    // A draft that was made on top of an older answer than the server now holds: another device was here since.
    record.overtaken = Boolean(record.draft && !record.sent && unsent.base < acked.revision);
    this.records.set(position, record);
    return this.latest(position);
  }

  latest(position) {
    const record = this.records.get(position);
    return record.draft ?? record.sent?.state ?? record.acked.state;
  }

  waiting() {
    return [...this.records.values()].filter((record) => record.sent || record.draft).length;
  }

  // Why the server did not take what waits here, by position.
  refused() {
    const all = [...this.records].map(([position, { refused }]) => [position, refused]);
    return new Map(all.filter(([, refused]) => refused));
  }

  edit(position, state, { typing = false } = {}) {
    if (this.closed) return;
    const record = this.records.get(position);
    if (!record.sent && sameState(state, record.acked.state) && !record.draft) return;
    record.draft = state;
    record.refused = "";
    record.firstEdit ??= performance.now();
    this.keep(position, record);
    if (navigator.onLine) this.show(position, this.stopped ?? { kind: "saving" });
    else this.offline(position, record);
    const wait = typing ? Math.min(AFTER_TYPING, record.firstEdit + AT_LATEST - performance.now()) : SOON;
    this.later(position, record, Math.max(0, wait));
  }

  // Seen and left: the first time, revision 1 with no answer says that it was passed over; later a state without a
  // change brings the time on screen.
  leave(position, state) {
    const record = this.records.get(position);
    if (this.closed || record.asking) return;
    const last = record.sent ?? record.acked;
    const known = record.draft ?? last.state;
    const passed = last.revision === 0 && !record.draft;
    if (!passed && state.seconds - (known.seconds ?? 0) < WORTH_SENDING) return;
    record.draft = { ...known, seconds: state.seconds };
    this.keep(position, record);
    this.flush(position);
  }

  keep(position, record) {
    const value = { sent: record.sent, draft: record.draft, base: record.acked.revision };
    const changed = !sameState(this.latest(position), record.acked.state);
    record.kept = this.store.keep(position, value, { changed }).then(
      () => true,
      () => this.show(position, { kind: "unkept" }),
    );
    return record.kept;
  }

  // "Kept on this device" is said once it is.
  async offline(position, record) {
    if (await record.kept) this.show(position, { kind: "offline" });
  }

  later(position, record, milliseconds) {
    clearTimeout(record.timer);
    record.timer = setTimeout(() => this.flush(position), milliseconds);
  }

  flushAll() {
    return Promise.all([...this.records.keys()].map((position) => this.flush(position)));
  }

  // Back online, back in view or signed in again: everything that waits goes at once, also after closing.
  replay() {
    this.stopped = null;
    for (const record of this.records.values()) Object.assign(record, { tries: 0, refused: "" });
    return this.flushAll();
  }

  async flush(position) {
    const record = this.records.get(position);
    clearTimeout(record.timer);
    if (this.stopped || record.asking || record.refused) return;
    if (record.flying) return record.flying;
    if (!record.sent && !record.draft) return;
    if (record.overtaken) {
      record.overtaken = false;
      const { acked } = record;
      const mine = this.latest(position);
      if (sameState(mine, acked.state)) return this.settle(position, acked, null);
      return this.question(position, record, mine, acked);
    }
    if (!navigator.onLine) return this.offline(position, record);
    record.flying = this.take(position, record);
    try {
      await record.flying;
    } finally {
      record.flying = null;
    }
    if (record.draft && !record.sent) return this.flush(position);
  }

  async take(position, record) {
    if (!record.sent) {
      record.sent = { revision: record.acked.revision + 1, state: record.draft };
      record.draft = null;
      record.firstEdit = undefined;
      await this.keep(position, record);
    }
    return this.send(position, record);
  }

  async send(position, record) {
    this.show(position, { kind: "saving" });
    const { revision, state } = record.sent;
    let response;
    let body;
    try {
      response = await this.requests.send("PUT", this.address(position), { revision, ...state });
      body = await response.json().catch(() => ({}));
    } catch (error) {
      return this.failed(position, record, error);
    }
    if (response.ok && body.revision > revision) return this.conflict(position, record, body);
    if (response.ok) return this.kept(position, record, body);
    if (response.status === 409) return this.conflict(position, record, body.kept);
    if (response.status === 410) return this.late(position, record, body);
    if (response.status === 429 || response.status >= 500) {
      return this.again(position, record, { kind: "trying", why: "the server did not take it" });
    }
    // For the server this person has no such answer: another one signed in in this browser.
    if (response.status === 404) return this.stop(position, { kind: "stranger" });
    return this.refuse(position, record, body);
  }

  async kept(position, record, body) {
    record.acked = { revision: body.revision, state: record.sent.state };
    record.sent = null;
    record.tries = 0;
    if (record.draft && !worthSending(record.draft, record.acked.state)) record.draft = null;
    await this.keep(position, record);
    this.onClock(body);
    this.show(position, { kind: record.draft ? "saving" : "saved", at: body.saved_at });
  }

  // The attempt is over: the server keeps what came as a late answer, and nothing waits here any more.
  async late(position, record, body) {
    record.acked = record.sent;
    record.sent = null;
    record.tries = 0;
    await this.keep(position, record);
    this.show(position, { kind: "late" });
    this.close(body);
  }

  failed(position, record, error) {
    if (error instanceof SignedOut) return this.stop(position, { kind: "signed-out" });
    if (error.name === "TimeoutError") {
      return this.again(position, record, { kind: "trying", why: "the server does not answer" });
    }
    return this.again(position, record, { kind: "offline" });
  }

  // What waits stays as it is until replay().
  stop(position, state) {
    this.stopped = state;
    this.show(position, state);
  }

  again(position, record, state) {
    this.show(position, state);
    this.later(position, record, RETRY[Math.min(record.tries, RETRY.length - 1)]);
    record.tries += 1;
  }

  // The server read it and kept nothing: it waits here as a draft until the student changes it, or has already.
  async refuse(position, record, body) {
    const why = (body.detail ?? Object.values(body).flat().join(" ")) || "the server could not read it";
    if (!record.draft) record.refused = why;
    record.draft ??= record.sent.state;
    record.sent = null;
    await this.keep(position, record);
    this.show(position, record.refused ? { kind: "refused", why } : { kind: "saving" });
  }

  conflict(position, record, kept) {
    const mine = this.latest(position);
    const names = Object.keys(mine);
    const other = Object.fromEntries(names.map((name) => [name, kept[name] ?? NOTHING[name]]));
    const settled = { revision: kept.revision, state: other };
    if (sameState(mine, other)) return this.settle(position, settled, null);
    if (sameState(mine, record.acked.state)) {
      const settling = this.settle(position, settled, null);
      this.onNewer(position, other);
      return settling;
    }
    // Another window looked at it and changed nothing of what this answer was made on: it goes on top.
    const onTop = record.sent?.revision === record.acked.revision + 1;
    if (onTop && sameState(other, record.acked.state)) return this.settle(position, settled, mine);
    return this.question(position, record, mine, settled);
  }

  question(position, record, mine, kept) {
    Object.assign(record, { asking: true, tries: 0 });
    this.show(position, { kind: "asking" });
    return this.onConflict(position, mine, kept);
  }

  // The student chose: draft is what to send on top of what the server holds, or null to leave that as it is.
  async settle(position, acked, draft) {
    const record = this.records.get(position);
    Object.assign(record, { acked, sent: null, draft, asking: false, tries: 0 });
    await this.keep(position, record);
    if (!draft) return this.show(position, { kind: "saved" });
    this.later(position, record, 0);
  }

  close(body) {
    if (this.closed) return;
    this.closed = true;
    this.onClosed(body);
  }
}
