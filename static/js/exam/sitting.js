// The sitting of a mock exam: all items are in the page, one is shown, every change is saved.

import { describe, readItem, sameState, writeItem } from "./answers.js";
import { Clock } from "./clock.js";
import { onKeys, option } from "./keys.js";
import { foldOnPhones, Palette } from "./palette.js";
import { Requests } from "./requests.js";
import { Saver } from "./saver.js";
import { orderLines } from "./sequence.js";
import { Store } from "./store.js";
import { saveWords } from "./words.js";

const CHECK_CLOCK_EVERY = 60_000;
const CHECK_CLOSED_EVERY = 2000;

const page = document.querySelector("[data-sitting]");
const { attempt, user, api, csrf, csrfUrl, report, signIn, timeZone } = page.dataset;
const items = new Map([...page.querySelectorAll("[data-item]")].map((item) => [Number(item.dataset.item), item]));
const palette = new Palette(page.querySelector("[data-palette]"));
const requests = new Requests(csrfUrl, csrf);
const store = new Store(user, attempt);
let keeps = false;
let current = Number(page.dataset.current);

const hours = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", second: "2-digit" });
const hour = (instant) => hours.format(new Date(instant));
const say = (words) => {
  page.querySelector("[data-announce]").textContent = words;
};
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
  onClosed: closed,
  onClock: (body) => clock.set(body),
});

const clock = new Clock({
  element: document.querySelector("[data-clock]"),
  announce: say,
  onEnd: timeUp,
  started: page.dataset.started,
  deadline: page.dataset.deadline,
  now: page.dataset.now,
});

function paint(position) {
  const state = saver.latest(position);
  const item = items.get(position);
  palette.set(position, { answered: state.answer !== null, flagged: state.flagged, seen: item.dataset.seen === "true" });
}

function changed(position, options) {
  saver.edit(position, readItem(items.get(position)), options);
  paint(position);
}

// An item that is left without an answer is saved as such: passed over, on every device.
function leave(position) {
  const item = items.get(position);
  if (item.dataset.seen === "true" || saver.closed) return;
  item.dataset.seen = "true";
  if (saver.records.get(position).acked.revision === 0) saver.pass(position, readItem(item));
  paint(position);
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
  page.querySelector("[data-book-pane]").dispatchEvent(new CustomEvent("book:date", { detail: item.dataset.on }));
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
    box.remove();
    item.querySelector("h2").focus();
  };
  box.querySelector("[data-keep-mine]").addEventListener("click", () => done(mine));
  box.querySelector("[data-keep-kept]").addEventListener("click", () => done(null));
  item.querySelector("[data-conflict]").replaceChildren(box);
  if (position !== current) say(`Item ${position}: two answers exist. Open it and choose.`);
}

function lock() {
  for (const field of page.querySelectorAll("fieldset, textarea, [name=flagged], [data-clear]")) field.disabled = true;
}

function timeUp() {
  lock();
  const box = page.querySelector("[data-time-up]");
  box.hidden = false;
  box.focus();
  say("Time is up. What you answered is being received.");
  saver.flushAll();
  setTimeout(untilClosed, CHECK_CLOSED_EVERY);
}

// The server closes after its grace; asking it finds the attempt overdue and closes it.
async function untilClosed() {
  try {
    if (!saver.closed) await saver.flushAll();
    const response = await requests.get(api);
    const body = response.ok ? await response.json() : {};
    if (body.state && body.state !== "open") return location.assign(report);
  } catch {
    say("Time is up. The connection is lost; what you answered is kept on this device.");
  }
  return setTimeout(untilClosed, CHECK_CLOSED_EVERY);
}

function closed(body) {
  lock();
  const box = page.querySelector("[data-closed]");
  const at = body.closed_at ? ` at ${hour(body.closed_at)}` : "";
  box.querySelector("[data-closed-words]").textContent =
    `This exam was closed${at}. An answer that arrives later is kept as late and not graded.`;
  box.hidden = false;
  if (!clock.ended) box.focus();
  saver.flushAll();
}

async function checkClock() {
  try {
    const response = await requests.get(`${api}clock/`);
    if (!response.ok) return;
    const body = await response.json();
    clock.set(body);
    if (body.state === "open" || clock.ended) return;
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

// What is handed in is what the server has: the review opens once every answer has arrived.
async function toReview() {
  leave(current);
  await saver.flushAll();
  if (!saver.waiting() || saver.closed) return location.assign(page.dataset.reviewPage);
  say("The review page opens when every answer has arrived. The connection is lost; your answers are kept here.");
  return show(current, navigator.onLine ? { kind: "trying", why: "not every answer has arrived" } : { kind: "offline" });
}

function listen() {
  for (const [position, item] of items) {
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
      for (const input of item.querySelectorAll('[name="choice"], [name="choices"]')) input.checked = false;
      changed(position);
    });
  }
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
    if (document.visibilityState === "hidden") return saver.flushAll();
    checkClock();
    return saver.replay();
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
    move: step,
  });
}

async function start() {
  keeps = await store.ready();
  const unsent = await store.all().catch(() => new Map());
  for (const [position, item] of items) {
    const acked = { revision: Number(item.dataset.revision), state: readItem(item) };
    const latest = saver.add(position, acked, unsent.get(position));
    if (!sameState(latest, acked.state)) writeItem(item, latest);
    if (item.dataset.savedAt) show(position, { kind: "saved", at: item.dataset.savedAt });
    paint(position);
  }
  foldOnPhones(page.querySelector("[data-fold]"));
  listen();
  go(current, { focus: false });
  clock.start();
  checkClock();
  setInterval(checkClock, CHECK_CLOCK_EVERY);
  page.dataset.ready = "true";
  saver.flushAll();
}

start();
