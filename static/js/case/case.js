// The page of a case: chart and claim side by side. The claim is saved as it is written, by the same queue as an
// exam's answers, and handed in by its own form under the next revision.

import { describeClaim, sameState } from "../exam/answers.js";
import { Requests } from "../exam/requests.js";
import { Saver } from "../exam/saver.js";
import { Store } from "../exam/store.js";
import { saveWords } from "../exam/words.js";
import { typing } from "../marks.js";
import { Chart } from "./chart.js";
import { Check } from "./check.js";
import { ClaimEditor } from "./claim.js";

const page = document.querySelector("[data-case]");
const form = document.querySelector("[data-case-form]");
const { user, attempt, csrf, csrfUrl, highlightsUrl } = page.dataset;
const requests = new Requests(csrfUrl, csrf);

const chart =
  document.querySelector("#highlights") &&
  new Chart(page.querySelector("[data-chart]"), {
    highlights: JSON.parse(document.querySelector("#highlights").textContent),
    send: async (method, body) => (await requests.send(method, highlightsUrl, body)).json(),
  });

// Single keys, off for those who switched them off.
document.addEventListener("keydown", (event) => {
  if (!("shortcuts" in document.body.dataset) || typing(event.target) || event.target.closest("dialog")) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const key = { h: () => chart?.add(), j: () => follow("[data-next]"), k: () => follow("[data-previous]") }[event.key];
  if (!key) return;
  event.preventDefault();
  key();
});
const follow = (name) => document.querySelector(name)?.click();

// A document that was chosen lies under the open list.
page.querySelector("[data-chart]").addEventListener("click", (event) => {
  if (event.target.closest(".documents a")) event.target.closest("details").open = false;
});

if (form) startClaim();
else if (location.hash === "#verdict") document.querySelector("#verdict").focus();

function startClaim() {
  const position = Number(form.dataset.item);
  const saved = form.querySelector("[data-save]");
  const store = new Store(user, attempt);
  let keeps = false;
  let handingIn = false;
  let started = false;
  const { signIn, timeZone } = page.dataset;
  const hours = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const put = saveWords({
    hour: (instant) => hours.format(new Date(instant)),
    waiting: () => saver.waiting(),
    keeps: () => keeps,
    signIn,
  });
  const saver = new Saver({
    requests,
    store,
    address: () => form.dataset.saveUrl,
    show: (_, state) => put(saved, state),
    onConflict: ask,
    onNewer: (_, { answer: newer }) => editor.write(newer),
    onClosed: closed,
    onClock() {},
  });
  const editor = new ClaimEditor(form, changed);
  const answer = () => editor.read();
  const check = new Check({ form, grid: editor.grid, requests, answer });

  const state = () => ({ answer: answer(), flagged: false, struck: [], note: "" });

  function changed(options) {
    if (!started) return; // what was written before is found then
    if (!sameState(state(), saver.latest(position))) check.stale();
    saver.edit(position, state(), options);
  }

  function ask(_, mine, kept) {
    const box = document.querySelector("#two-answers").content.firstElementChild.cloneNode(true);
    box.querySelector("[data-mine]").textContent = describeClaim(mine.answer);
    box.querySelector("[data-kept]").textContent = describeClaim(kept.state.answer);
    const done = (draft) => {
      editor.write((draft ?? kept.state).answer);
      saver.settle(position, kept, draft);
      box.remove();
      form.querySelector("[data-cell=code]").focus();
    };
    box.querySelector("[data-keep-mine]").addEventListener("click", () => done(mine));
    box.querySelector("[data-keep-kept]").addEventListener("click", () => done(null));
    form.querySelector("[data-conflict]").replaceChildren(box);
  }

  // Handed in in another window: the page there shows how it was graded.
  function closed() {
    for (const field of form.querySelectorAll("input, select, button")) field.disabled = true;
    form.querySelector("[data-over]").hidden = false;
  }

  // What is handed in is what the page shows, under the revision that follows what the server has.
  async function handIn(event) {
    event.preventDefault();
    if (handingIn || saver.closed) return;
    if (editor.grid.unread()) return;
    handingIn = true;
    saver.edit(position, state());
    await saver.flushAll();
    handingIn = false;
    if (saver.closed || saver.stopped || saver.waiting()) return;
    form.querySelector("[name=revision]").value = saver.records.get(position).acked.revision + 1;
    form.submit();
  }

  function listen() {
    form.addEventListener("submit", handIn);
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !event.ctrlKey || event.target.closest("[data-book-pane]")) return;
      event.preventDefault();
      check.run();
    });
    addEventListener("online", () => saver.replay());
    addEventListener("offline", () => {
      if (saver.waiting()) put(saved, { kind: "offline" });
    });
    document.addEventListener("visibilitychange", () =>
      document.visibilityState === "hidden" ? saver.flushAll() : saver.replay(),
    );
    addEventListener("pageshow", (event) => {
      if (event.persisted) location.reload();
    });
    addEventListener("beforeunload", (event) => {
      if (!keeps && saver.waiting()) event.preventDefault();
    });
  }

  // A page that was made while the last save of the one before it was on its way is behind: what the server has by
  // now counts. When it does not answer, the next save finds out.
  async function newest(shown) {
    try {
      const response = await requests.get(page.dataset.api);
      const { responses } = await response.json();
      const { revision, answer: kept, flagged, struck, note } = responses.find((one) => one.position === position);
      return revision > shown.revision ? { revision, state: { answer: kept, flagged, struck, note } } : shown;
    } catch {
      return shown;
    }
  }

  async function start() {
    const shown = { revision: Number(form.dataset.revision), state: state() };
    const untouched = () => sameState(state(), shown.state);
    keeps = await store.ready();
    const unsent = await store.all().catch(() => new Map());
    const kept = unsent.has(position) ? shown : await newest(shown);
    const latest = saver.add(position, untouched() ? kept : shown, unsent.get(position));
    started = true;
    if (!untouched()) saver.edit(position, state());
    else if (!sameState(latest, shown.state)) editor.write(latest.answer);
    if (form.dataset.savedAt) put(saved, { kind: "saved", at: form.dataset.savedAt });
    listen();
    page.dataset.ready = "true";
    saver.flushAll();
  }

  start();
}
