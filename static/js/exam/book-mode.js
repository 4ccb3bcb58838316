// The books beside an item are loaded when they are first asked for: most of an exam is read without them, and its
// page stays small. From then on static/js/book.js answers for them.

import { typing } from "../marks.js";
import { announcer } from "./clock.js";

const pane = document.querySelector("[data-book-pane]");
const opener = document.querySelector("[data-book-open]");
const announce = announcer(document.querySelector("[data-announce]"), document.querySelector("[data-notice]"));
let date = pane.dataset.on;
let loading = null;

const arrived = (element) =>
  new Promise((resolve, reject) => {
    element.addEventListener("load", resolve);
    element.addEventListener("error", reject);
  });

// One after the other: the book needs what stands before it.
async function load() {
  for (const each of document.querySelector("[data-book-mode]").content.children) {
    const element = document.importNode(each, true);
    const done = arrived(element);
    document.head.append(element);
    await done;
  }
}

async function open() {
  loading ??= load();
  try {
    await loading;
  } catch {
    loading = null;
    return announce("The book did not answer. Try again.");
  }
  stop();
  document.dispatchEvent(new CustomEvent("marks:loaded")); // they may have been there before it
  pane.dispatchEvent(new CustomEvent("book:date", { detail: date }));
  if (pane.hidden) opener.click();
  return undefined;
}

const onDate = ({ detail }) => {
  date = detail;
};

function onClick(event) {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  open();
}

function onKey(event) {
  if (!("shortcuts" in document.body.dataset) || event.key !== "o" || typing(event.target)) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("dialog")) return;
  event.preventDefault();
  open();
}

function stop() {
  pane.removeEventListener("book:date", onDate);
  opener.removeEventListener("click", onClick);
  document.removeEventListener("keydown", onKey);
}

pane.addEventListener("book:date", onDate);
opener.addEventListener("click", onClick);
document.addEventListener("keydown", onKey);
// It was open before the page was left.
if (JSON.parse(sessionStorage.getItem(`book.${pane.dataset.bookPane}`) ?? "{}").open) open();
