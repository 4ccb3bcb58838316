// Book mode: the books in a pane beside a lesson, a practice item or the item of an exam, on the date of that
// text. It shows the pages of the books themselves and stays inside them: what leads elsewhere is taken out.
import { markKey, places, typing } from "./marks.js";

const PREFIX = "book-"; // of every id, which the page beside may have as well
const REFERRING = ["for", "aria-labelledby", "aria-describedby", "aria-controls"];
const LEVELS = { H1: "h3", H2: "h4", H3: "h5", H4: "h6" };
const KEPT = 50; // places that the way back remembers

const pane = document.querySelector("[data-book-pane]");
const part = (name) => pane.querySelector(`[data-book-${name}]`);
const text = part("text");
const instead = document.querySelector("[data-book-instead]");
const openers = [...document.querySelectorAll("[data-book-open]")];
const wide = window.matchMedia("(min-width: 64rem)");
const clockBar = document.querySelector(".bar.exam");
const inside = pane.dataset.inside.split(" ").filter(Boolean);
const kept = `book.${pane.dataset.bookPane}`;
let trail = [];
let at = -1;
let asked = "";
let opener = null;

// The place in the books that a link leads to, without the date; null for what is not in them, or on another date.
function placeOf(href, base = location.href) {
  const url = new URL(href, base);
  const on = url.searchParams.get("on");
  if (url.origin !== location.origin || !url.pathname.endsWith("/") || (on && on !== pane.dataset.on)) return null;
  if (!inside.some((beginning) => url.pathname.startsWith(beginning))) return null;
  url.searchParams.delete("on");
  return url.pathname + url.search + url.hash;
}

function onDate(place) {
  const url = new URL(place, location.href);
  url.searchParams.set("on", pane.dataset.on);
  return url.href;
}

function keepInside(root, base) {
  for (const link of root.querySelectorAll("a[href]")) {
    const place = placeOf(link.getAttribute("href"), base);
    if (place) link.href = onDate(place);
    else if (link.matches(".ref")) link.replaceWith(...link.childNodes); // of another date: its words stay
    else link.remove();
  }
  for (const form of root.querySelectorAll("form:not([hx-post])")) {
    if (form.method !== "get" || !placeOf(form.getAttribute("action") ?? "", base)) form.remove();
    else form.action = new URL(form.getAttribute("action") ?? "", base).href;
  }
}

function asPart(element, base) {
  const root = document.importNode(element, true);
  for (const each of [root, ...root.querySelectorAll("*")]) {
    if (each.id) each.id = PREFIX + each.id;
    for (const name of REFERRING) {
      const ids = each.getAttribute(name);
      if (ids) each.setAttribute(name, ids.split(" ").map((id) => PREFIX + id).join(" "));
    }
  }
  for (const heading of root.querySelectorAll("h1, h2, h3, h4")) {
    const lower = document.createElement(LEVELS[heading.tagName]);
    lower.className = heading.className;
    lower.append(...heading.childNodes);
    heading.replaceWith(lower);
  }
  keepInside(root, base);
  return root;
}

// What a page of the books has, in the order of the pane: the way, the neighbors, the marks, the text. Notes that are
// there are read first, as in a margin; where none is, the place for one comes last.
async function fetchParts(place) {
  const response = await fetch(onDate(place), { credentials: "same-origin" });
  if (!(response.ok || response.status === 404) || !placeOf(response.url)) throw new Error(String(response.status));
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const main = page.querySelector("#main");
  const article = document.createElement("article");
  article.append(...(main.querySelector(".page") ?? main).childNodes);
  main.replaceChildren(article);
  const own = page.querySelector("[data-marks-pane] .anno") ? 0 : 1;
  const body = ["[data-marks-pane]", "#main > article"];
  const neighbors = ["[data-previous]:not(#main *)", "[data-next]:not(#main *)"]; // those of an index are in its text
  return [".crumbs", ...neighbors, "[data-marks-bar]", body[own], body[1 - own]]
    .map((selector) => page.querySelector(selector))
    .filter(Boolean)
    .map((element) => asPart(element, response.url));
}

function tell(words) {
  part("said").textContent = words;
}

function paint() {
  part("back").disabled = at <= 0;
  part("on").disabled = at >= trail.length - 1;
  const here = pane.hidden || at < 0 ? null : new URL(trail[at], location.href).pathname;
  for (const link of document.querySelectorAll("[data-book-links] a.ref, [data-book-tabs] a")) {
    if (new URL(link.href).pathname === here) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  if (part("page") && here) part("page").href = onDate(trail[at]);
  for (const each of openers) each.setAttribute("aria-expanded", String(!pane.hidden));
  for (const beside of pane.parentElement.children) beside.inert = beside !== pane && !pane.hidden && !wide.matches;
  pane.style.top = clockBar && !wide.matches ? `${clockBar.offsetHeight}px` : ""; // a sheet leaves the clock in sight
  sessionStorage.setItem(kept, JSON.stringify({ trail, at, open: !pane.hidden }));
}

async function show(name = "") {
  const place = trail[at];
  const focus = text.contains(document.activeElement);
  asked = place;
  text.textContent = "Opening the book.";
  if (focus) text.focus();
  paint();
  let parts = null;
  try {
    parts = await fetchParts(place);
  } catch {
    parts = null;
  }
  if (asked !== place) return;
  if (!parts) {
    text.textContent = "The book did not answer. Your place is kept; try again.";
    return tell("The book did not answer.");
  }
  text.replaceChildren(...parts);
  window.htmx.process(text);
  const { hash } = new URL(place, location.href);
  // What the link names, or the entry at which the index was opened.
  const target = text.querySelector(hash ? `#${CSS.escape(PREFIX + hash.slice(1))}` : `[id^=${PREFIX}e][aria-current]`);
  pane.scrollTop = 0;
  target?.scrollIntoView({ block: "start" });
  return tell(`${name || text.querySelector("h3")?.textContent.trim() || "The page"} is open in the book.`);
}

function go(place, name) {
  if (place !== trail[at]) {
    trail = [...trail.slice(0, at + 1), place].slice(-KEPT);
    at = trail.length - 1;
  }
  return show(name);
}

function move(by) {
  at += by;
  show();
  if (part(by < 0 ? "back" : "on").disabled) text.focus(); // the end of the way: the button lets go of the focus
}

function open(from = null) {
  opener = from ?? opener;
  pane.hidden = false;
  if (instead) instead.hidden = true;
  paint();
}

function openAndEnter(from) {
  open(from);
  part("head").focus();
  if (!text.hasChildNodes()) go(trail[at] ?? pane.dataset.home);
}

function close() {
  const inPane = pane.contains(document.activeElement);
  pane.hidden = true;
  if (instead) instead.hidden = false;
  tell("");
  paint();
  if (inPane) (opener ?? openers[0])?.focus();
}

function putTabs() {
  const tabs = Object.entries(places).filter(([, mark]) => mark.tab);
  part("tabs").hidden = tabs.length === 0;
  part("tabs").querySelector("ul").replaceChildren(...tabs.map(([url, mark]) => {
    const link = document.createElement("a");
    link.href = url;
    link.textContent = mark.tab;
    link.title = mark.label;
    const item = document.createElement("li");
    item.append(link);
    return item;
  }));
  paint();
}

const plain = (event) => event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);

pane.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || link === part("page") || !plain(event)) return;
  event.preventDefault();
  event.stopPropagation(); // a first tap opens: in the book nothing is lost by it
  link.dispatchEvent(new CustomEvent("book:opened", { bubbles: true })); // its card would lie over the page
  go(placeOf(link.href), link.closest(".btn") ? "" : link.textContent.trim());
});
pane.addEventListener("submit", (event) => {
  if (event.target.matches("[hx-post]")) return;
  event.preventDefault();
  const url = new URL(event.target.action);
  url.search = new URLSearchParams(new FormData(event.target));
  go(placeOf(url.href));
});
// Keys that are pressed in the book are the book's: beside an exam `b` bookmarks here and chooses there.
pane.addEventListener("keydown", (event) => {
  event.stopPropagation();
  if (event.key === "Escape") return close();
  markKey(event, pane);
  if (!("shortcuts" in document.body.dataset) || typing(event.target)) return undefined;
  if (event.key === "[") text.querySelector("[data-previous]")?.click();
  if (event.key === "]") text.querySelector("[data-next]")?.click();
  return undefined;
});
// The item that is shown has another date.
pane.addEventListener("book:date", ({ detail: date }) => {
  if (pane.dataset.on === date) return;
  pane.dataset.on = date;
  part("date").textContent = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" }).format(new Date(date));
  text.replaceChildren();
  if (!pane.hidden) show();
});
part("close").addEventListener("click", close);
part("back").addEventListener("click", () => move(-1));
part("on").addEventListener("click", () => move(1));
for (const each of openers) {
  each.addEventListener("click", (event) => {
    if (!plain(event)) return;
    event.preventDefault();
    openAndEnter(each);
  });
}
// On a wide screen a code of the text opens beside it, and the place in the text is kept.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-book-links] a.ref");
  if (event.defaultPrevented || !link || !plain(event) || !wide.matches) return;
  event.preventDefault();
  link.dispatchEvent(new CustomEvent("book:opened", { bubbles: true }));
  open(link);
  go(placeOf(link.href), link.textContent.trim());
});
document.addEventListener("keydown", (event) => {
  if (!("shortcuts" in document.body.dataset) || event.key !== "o" || typing(event.target)) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("dialog")) return;
  event.preventDefault();
  openAndEnter(document.activeElement === document.body ? null : document.activeElement);
});
document.addEventListener("marks:loaded", putTabs);
window.addEventListener("resize", paint);

const before = JSON.parse(sessionStorage.getItem(kept) ?? "{}");
({ trail = [], at = -1 } = before);
if (before.open) {
  open();
  show();
}
