// The page of a case: chart and claim side by side. The claim is saved as it is written, by the same queue as an
// exam's answers, and handed in by its own form under the next revision.

import { sameState } from "../exam/answers.js";
import { Requests } from "../exam/requests.js";
import { Saver } from "../exam/saver.js";
import { Store } from "../exam/store.js";
import { saveWords } from "../exam/words.js";
import { typing } from "../marks.js";
import { Chart } from "./chart.js";
import { Check } from "./check.js";
import { Grid } from "./grid.js";

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
    onClosed: closed,
    onClock() {},
  });
  const grid = new Grid(form.querySelector("[data-grid]"), changed);
  const check = new Check({ form, grid, requests, answer });

  const query = () => form.querySelector("[name=query]:checked")?.value || null;

  function answer() {
    const claim = grid.read();
    if (!claim.diagnoses.length && !claim.procedures.length && !query()) return null;
    return { claim, query: query() };
  }

  const state = () => ({ answer: answer(), flagged: false, struck: [], note: "" });

  function changed(options) {
    if (!started) return; // what was written before is found then
    if (!sameState(state(), saver.latest(position))) check.stale();
    saver.edit(position, state(), options);
  }

  function write(other) {
    grid.write(other.answer?.claim ?? { diagnoses: [], procedures: [] });
    for (const input of form.querySelectorAll("[name=query]")) input.checked = input.value === (other.answer?.query ?? "");
  }

  const describe = (other) => {
    const { diagnoses, procedures } = other.answer?.claim ?? { diagnoses: [], procedures: [] };
    return [...diagnoses, ...procedures].map((line) => line.code).join(", ") || "no code";
  };

  function ask(_, mine, kept) {
    const box = document.querySelector("#two-answers").content.firstElementChild.cloneNode(true);
    box.querySelector("[data-mine]").textContent = describe(mine);
    box.querySelector("[data-kept]").textContent = describe(kept.state);
    const done = (draft) => {
      write(draft ?? kept.state);
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
    if (grid.unread()) return;
    handingIn = true;
    saver.edit(position, state());
    await saver.flushAll();
    handingIn = false;
    if (saver.closed || saver.signedOut || saver.waiting()) return;
    form.querySelector("[name=revision]").value = saver.records.get(position).acked.revision + 1;
    form.submit();
  }

  function listen() {
    form.addEventListener("submit", handIn);
    form.addEventListener("change", (event) => {
      if (event.target.name === "query") changed({ typing: false });
    });
    // Enter in a cell or at a query goes on; only the button and "how sure" hand in.
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target.matches("input") && !event.target.closest(".sure")) event.preventDefault();
    });
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
    else if (!sameState(latest, shown.state)) write(latest);
    if (form.dataset.savedAt) put(saved, { kind: "saved", at: form.dataset.savedAt });
    listen();
    page.dataset.ready = "true";
    saver.flushAll();
  }

  start();
}
