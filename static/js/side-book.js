// The book beside a lesson: on a wide screen a code opens there, and the place in the lesson is kept.
// It is the article of the code's own page. Elsewhere, and with a modifier key, the link stays a link.
const wide = window.matchMedia("(min-width: 64rem)");
const pane = document.querySelector("[data-side-book]");
const book = pane.querySelector("[data-book]");
const codes = pane.querySelector("[data-codes]");
const text = pane.querySelector("[data-book-text]");
const said = pane.querySelector("[data-book-said]");
let asked = "";
let opener = null;

function asPart(article) {
  article.removeAttribute("tabindex");
  for (const element of [article, ...article.querySelectorAll("[id]")]) element.removeAttribute("id");
  const levels = { H1: "h3", H2: "h4", H3: "h5" };
  for (const heading of article.querySelectorAll("h1, h2, h3")) {
    const lower = document.createElement(levels[heading.tagName]);
    lower.className = heading.className;
    lower.append(...heading.childNodes);
    heading.replaceWith(lower);
  }
  return article;
}

async function fetchArticle(url) {
  const response = await fetch(url, { credentials: "same-origin" });
  if (!response.ok) throw new Error(String(response.status));
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const article = page.querySelector("article#main");
  if (!article) throw new Error("no article");
  return asPart(document.importNode(article, true));
}

function markOpen(url) {
  for (const link of document.querySelectorAll("a.ref[aria-current]")) link.removeAttribute("aria-current");
  if (!url) return;
  for (const link of document.querySelectorAll("[data-lesson] a.ref")) {
    if (link.href === url) link.setAttribute("aria-current", "true");
  }
}

async function open(link) {
  const name = link.textContent.trim();
  asked = link.href;
  if (!pane.contains(link)) opener = link;
  pane.querySelector("[data-book-page]").href = link.href;
  link.dispatchEvent(new CustomEvent("book:opened", { bubbles: true })); // its card would lie over the lesson
  codes.hidden = true;
  book.hidden = false;
  text.textContent = "Opening the book.";
  markOpen(link.href);
  let article = null;
  try {
    article = await fetchArticle(asked);
  } catch {
    article = null;
  }
  if (asked !== link.href) return;
  if (article) text.replaceChildren(article);
  else text.textContent = "The book did not answer. Your place is kept; try again, or open the full page.";
  said.textContent = article ? `${name} is open in the book beside the lesson.` : "The book did not answer.";
  pane.scrollTop = 0;
}

function close() {
  const inside = pane.contains(document.activeElement);
  asked = "";
  book.hidden = true;
  codes.hidden = false;
  said.textContent = "";
  markOpen(null);
  if (inside) opener?.focus();
}

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button !== 0 || !wide.matches) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest("[data-lesson] a.ref, [data-side-book] a.ref");
  if (!link) return;
  event.preventDefault();
  open(link);
});
pane.querySelector("[data-book-close]").addEventListener("click", close);
pane.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !book.hidden) close();
});
