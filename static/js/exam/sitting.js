// The sitting of a mock exam: all items are in the page, one is shown, every change is saved.

import { describe, furnish, readItem, sameState, writeItem } from "./answers.js";
import { announcer, Clock } from "./clock.js";
import { onKeys, option } from "./keys.js";
import { Marks } from "./marking.js";
import { foldOnPhones, Palette } from "./palette.js";
import { between, Pulse } from "./pulse.js";
import { Requests } from "./requests.js";
import { NOTHING, Saver } from "./saver.js";
import { orderLines } from "./sequence.js";
import { Store } from "./store.js";
import { Watch } from "./watch.js";
import { onWake } from "./wake.js";
import { saveWords, STOPPED } from "./words.js";

const CHECK_CLOSED_EVERY = [3000, 8000]; // spread: a whole class is up in the same second

const page = document.querySelector("[data-sitting]");
const { attempt, user, api, csrf, csrfUrl, report, signIn, timeZone } = page.dataset;
const items = new Map([...page.querySelectorAll("[data-item]")].map((item) => [Number(item.dataset.item), item]));
const known = new Map([...items].map(([position, item]) => [position, JSON.parse(item.dataset.state ?? "null")]));
const bookPane = page.querySelector("[data-book-pane]");
const markSaid = page.querySelector("[data-mark-said]");
const palette = new Palette(page.querySelector("[data-palette]"));
const requests = new Requests(csrfUrl, csrf);
const store = new Store(user, attempt);
let keeps = false;
let current = Number(page.dataset.current);
const marksOf = new Map();
const watch = new Watch([...known].map(([position, state]) => [position, state?.seconds ?? 0]), current);

const hours = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", second: "2-digit" });
const hour = (instant) => hours.format(new Date(instant));
const say = (words) => {
  page.querySelector("[data-announce]").textContent = words;
};
const announce = announcer(page.querySelector("[data-announce]"), document.querySelector("[data-notice]"));
const put = saveWords({ hour, waiting: () => saver.waiting(), keeps: () => keeps, signIn });
const show = (position, state) => {
  put(items.get(position).querySelector("[data-save]"), state);
};

const saver = new Saver({
  requests,
  store,
  address: (position) => `${api}responses/${position}/`,
  show,
  onConflict: ask,
  onNewer: (position, state) => {
    writeItem(items.get(position), state);
    paint(position);
    palette.count();
  },
  onClosed: closed,
  onClock: (body) => clock?.set(body),
});

const face = document.querySelector("[data-clock]");
const clock =
  face && new Clock({ element: face, announce, onEnd: timeUp, onMore: goOn, ...face.dataset });

function paint(position) {
  const state = saver.latest(position);
  const item = items.get(position);
  palette.set(position, { answered: state.answer !== null, flagged: state.flagged, seen: "seen" in item.dataset });
  const asCoded = item.querySelector("[data-as-coded]");
  if (asCoded) asCoded.hidden = state.answer !== null;
}

function changed(position, options) {
  saver.edit(position, readItem(items.get(position)), options);
  paint(position);
  palette.count();
}

// An item that is left without an answer is saved as such: passed over, on every device.
function leave(position) {
  if (saver.closed) return;
  items.get(position).dataset.seen = "";
  saver.leave(position, readItem(items.get(position)));
  paint(position);
  palette.count();
}

function go(position, { focus = true } = {}) {
  if (!items.has(position)) return;
  if (position !== current) {
    leave(current);
    saver.flush(current);
  }
  items.get(current).hidden = true;
  current = position;
  const item = items.get(position);
  item.hidden = false;
  watch.show(position);
  markSaid.textContent = "";
  bookPane?.dispatchEvent(new CustomEvent("book:date", { detail: item.dataset.on }));
  palette.current(position);
  history.replaceState(null, "", `?item=${position}`);
  document.title = document.title.replace(/item \d+/, `item ${position}`);
  page.querySelector('[data-move="-1"]').setAttribute("aria-disabled", String(!items.has(position - 1)));
  page.querySelector("[data-next-word]").textContent = items.has(position + 1) ? "Next" : "Review";
  if (focus) item.querySelector("h2").focus({ preventScroll: true });
  page.querySelector("[data-scroll]").scrollTop = 0;
  if (focus && window.scrollY > 0) window.scrollTo(0, 0);
}

function ask(position, mine, kept) {
  const item = items.get(position);
  const box = document.querySelector("#two-answers").content.firstElementChild.cloneNode(true);
  box.querySelector("[data-mine]").textContent = describe(item, mine.answer);
  box.querySelector("[data-kept]").textContent = describe(item, kept.state.answer);
  const done = (draft) => {
    writeItem(item, draft ?? kept.state);
    saver.settle(position, kept, draft);
    paint(position);
    palette.count();
    box.remove();
    item.querySelector("h2").focus();
  };
  box.querySelector("[data-keep-mine]").addEventListener("click", () => done(mine));
  box.querySelector("[data-keep-kept]").addEventListener("click", () => done(null));
  item.querySelector("[data-conflict]").replaceChildren(box);
  if (position !== current) say(`Item ${position}: two answers exist. Open it and choose.`);
}

function lock(locked = true) {
  const fields = "fieldset, textarea, [name=flagged], [data-clear], [data-mark], [data-marks-list] button, [data-keep-coded]";
  for (const field of page.querySelectorAll(fields)) field.disabled = locked;
}

// Minutes were added in the last moment.
function goOn() {
  lock(false);
  watch.stopped = false;
  page.querySelector("[data-time-up]").hidden = true;
}

function timeUp() {
  leave(current);
  lock();
  watch.stopped = true;
  const box = page.querySelector("[data-time-up]");
  box.hidden = false;
  box.focus();
  say("Time is up. What you answered is being received.");
  saver.flushAll();
  setTimeout(untilClosed, between(...CHECK_CLOSED_EVERY));
}

// The server closes after its grace; asking it finds the attempt overdue and closes it.
async function untilClosed() {
  try {
    if (!saver.closed) await saver.flushAll();
    const response = await requests.get(`${api}clock/`);
    const body = response.ok ? await response.json() : {};
    if (body.state && body.state !== "open") return location.assign(report);
    clock.set(body);
    if (!clock.ended) return;
  } catch {
    say("Time is up. The connection is lost; what you answered is kept on this device.");
  }
  return setTimeout(untilClosed, between(...CHECK_CLOSED_EVERY));
}

function closed(body) {
  lock();
  const box = page.querySelector("[data-closed]");
  const at = body.closed_at ? ` at ${hour(body.closed_at)}` : "";
  box.querySelector("[data-closed-words]").textContent =
    `This exam was closed${at}. An answer that arrives later is kept as late and not graded.`;
  box.hidden = false;
  if (!clock?.ended) box.focus();
  saver.flushAll();
}

async function checkClock() {
  try {
    const response = await requests.get(`${api}clock/`);
    if (!response.ok) return;
    const body = await response.json();
    clock?.set(body);
    if (body.state === "open" || clock?.ended) return;
    // Handed in or closed elsewhere: what still waits here goes as late, and the page says so.
    await saver.flushAll();
    saver.close(body);
  } catch {
    // Offline: the clock goes on by itself.
  }
}

// After the last item comes the review page.
function step(by) {
  if (by > 0 && !items.has(current + 1)) return toReview();
  return go(current + by);
}

// What is handed in is what the server has: the review opens once every answer has arrived. It names those that the
// server did not take.
async function toReview() {
  leave(current);
  await saver.flushAll();
  if (saver.closed || saver.waiting() === saver.refused().size) return location.assign(page.dataset.reviewPage);
  const why = saver.stopped ? `Not saved: ${STOPPED[saver.stopped.kind]}` : "The connection is lost";
  say(`The review page opens when every answer has arrived. ${why}; your answers are kept here.`);
  const trying = navigator.onLine ? { kind: "trying", why: "not every answer has arrived" } : { kind: "offline" };
  return show(current, saver.stopped ?? trying);
}

function mark() {
  markSaid.textContent = marksOf.get(current).toggle();
}

function listenTo(position, item) {
  const sequence = item.querySelector("[data-sequence]");
  if (sequence) orderLines(sequence); // before the item listens: the order is then whole when it is read
  item.addEventListener("change", () => changed(position));
  item.addEventListener("input", (event) => {
    if (event.target.matches("textarea, [name=code]")) changed(position, { typing: true });
  });
  item.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    step(1);
  });
  item.querySelector("[data-clear]")?.addEventListener("click", (event) => {
    event.preventDefault();
    for (const input of item.querySelectorAll('[name="choice"], [name="sure"]')) input.checked = false;
    changed(position);
  });
  const button = item.querySelector("[data-mark]");
  button.addEventListener("mousedown", (event) => event.preventDefault()); // the selection stays for the click
  button.addEventListener("click", mark);
}

function listen() {
  for (const [position, item] of items) listenTo(position, item);
  page.addEventListener("click", (event) => {
    const link = event.target.closest("[data-go], [data-move]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (link.dataset.go) go(Number(link.dataset.go));
    else step(Number(link.dataset.move));
  });
  document.querySelector("[data-review]").addEventListener("click", (event) => {
    event.preventDefault();
    toReview();
  });
  addEventListener("online", () => saver.replay());
  addEventListener("offline", () => {
    if (saver.waiting()) show(current, { kind: "offline" });
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") {
      leave(current);
      return saver.flushAll();
    }
    checkClock();
    return saver.replay();
  });
  onWake(() => {
    checkClock();
    saver.replay();
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
  addEventListener("beforeunload", (event) => {
    if (!keeps && saver.waiting()) event.preventDefault();
  });
  onKeys({
    choose: (letter) => option(items.get(current), letter)?.click(),
    strike: (letter) => items.get(current).querySelector(`[name=struck][data-strike="${letter.toUpperCase()}"]`)?.click(),
    flag: () => items.get(current).querySelector("[name=flagged]").click(),
    mark: () => items.get(current).querySelector("[data-mark]").click(),
    move: step,
    review: toReview,
  });
}

// Grids are fetched where the form has a case.
async function furnishAll() {
  const grids = page.querySelector("[data-grid]") ? await import("../case/claim.js") : null;
  for (const [position, item] of items) {
    const onChange = (options) => changed(position, options);
    const state = known.get(position);
    const marks = new Marks(item, state?.marks ?? [], onChange);
    const claim = item.querySelector("[data-grid]") && claimOf(grids, item, onChange, Boolean(state?.answer));
    furnish(item, { marks, claim, seconds: () => watch.seconds(position) });
    marksOf.set(position, marks);
  }
}

function claimOf({ ClaimEditor }, item, onChange, answered) {
  const { start } = item.querySelector(".claim").dataset;
  const claim = new ClaimEditor(item, onChange, { start: start && JSON.parse(start), answered });
  item.querySelector("[data-keep-coded]")?.addEventListener("click", () => {
    claim.onChange({ typing: false });
    item.querySelector("h2").focus();
  });
  return claim;
}

async function start() {
  keeps = await store.ready();
  const [unsent] = await Promise.all([store.all().catch(() => new Map()), furnishAll()]);
  const early = readItem(items.get(current));
  for (const [position, item] of items) {
    const { revision = 0, saved_at: savedAt, ...state } = known.get(position) ?? NOTHING;
    if (revision) item.dataset.seen = "";
    const latest = saver.add(position, { revision, state }, unsent.get(position));
    watch.atLeast(position, latest.seconds);
    if (!sameState(latest, readItem(item))) writeItem(item, latest);
    if (savedAt) show(position, { kind: "saved", at: savedAt });
    paint(position);
  }
  foldOnPhones(page.querySelector("[data-fold]"));
  listen();
  palette.count();
  go(current, { focus: false });
  clock?.start();
  new Pulse(page.dataset, checkClock).beat();
  page.dataset.ready = "true";
  // What was filled in before this script ran is an answer too.
  if (!unsent.has(current) && !sameState(early, saver.latest(current))) {
    writeItem(items.get(current), early);
    changed(current);
  }
  saver.flushAll();
}

start();
