// The card of a code reference: on hover, focus or a first tap, fetched once a page and kept.
// Hoverable, persistent and dismissed with Esc (WCAG 1.4.13); the link's own address stays its second tap.
const SHOW_AFTER = 150;
const HIDE_AFTER = 200;
const GAP = 6;

const kept = new Map();
const card = document.createElement("div");
card.className = "code-card";
card.id = "code-card";
card.setAttribute("role", "tooltip");
card.hidden = true;
let owner = null;
let timer = 0;
let dismissed = null;
let touched = null;

const refOf = (target) => (target instanceof Element ? target.closest("a.ref[data-card]") : null);

function fetchCard(url) {
  if (!kept.has(url)) {
    const request = fetch(url, { headers: { "X-Requested-With": "fetch" }, credentials: "same-origin" })
      .then((response) => {
        if (!response.ok && response.status !== 404) throw new Error(String(response.status));
        return response.text();
      })
      .catch(() => {
        kept.delete(url); // so that the next hover asks again
        return null;
      });
    kept.set(url, request);
  }
  return kept.get(url);
}

function place(link) {
  const at = link.getClientRects()[0] ?? link.getBoundingClientRect();
  const width = card.offsetWidth;
  const height = card.offsetHeight;
  const left = Math.max(GAP, Math.min(at.left, document.documentElement.clientWidth - width - GAP));
  const below = at.bottom + GAP;
  const above = at.top - GAP - height;
  const fitsBelow = below + height <= window.innerHeight - GAP;
  card.style.left = `${left}px`;
  card.style.top = `${fitsBelow || above < GAP ? Math.max(GAP, Math.min(below, window.innerHeight - height - GAP)) : above}px`;
}

async function show(link) {
  owner?.removeAttribute("aria-describedby");
  owner = link;
  const html = await fetchCard(link.dataset.card);
  if (owner !== link) return;
  if (html === null) {
    card.textContent = "The book did not answer. Follow the link to open the page.";
  } else {
    card.innerHTML = html; // escaped by the server's template
  }
  if (!card.isConnected) document.body.append(card);
  link.dispatchEvent(new CustomEvent("card:filled", { bubbles: true, detail: card }));
  card.hidden = false;
  link.setAttribute("aria-describedby", card.id);
  place(link);
}

function hide() {
  clearTimeout(timer);
  card.hidden = true;
  owner?.removeAttribute("aria-describedby");
  owner = null;
}

function later(action, delay) {
  clearTimeout(timer);
  timer = setTimeout(action, delay);
}

document.addEventListener("pointerover", (event) => {
  if (event.pointerType === "touch") return;
  const link = refOf(event.target);
  if (link && link !== dismissed) {
    if (link === owner) clearTimeout(timer);
    else later(() => show(link), SHOW_AFTER);
  } else if (card.contains(event.target)) clearTimeout(timer);
  else if (owner && document.activeElement !== owner) later(hide, HIDE_AFTER);
  else if (!owner) clearTimeout(timer);
  if (link !== dismissed) dismissed = null;
});
document.addEventListener("focusin", (event) => {
  const link = refOf(event.target);
  if (link && link !== touched) show(link);
  else if (!link && owner) hide();
});
document.addEventListener("focusout", (event) => {
  if (refOf(event.target) === owner && owner) later(hide, HIDE_AFTER);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || card.hidden) return;
  dismissed = owner;
  hide();
  event.stopPropagation();
}, true);
// The code was opened beside the text: its card has nothing to add until the pointer comes back.
document.addEventListener("book:opened", (event) => {
  dismissed = refOf(event.target);
  hide();
});
// A touch has no hover: the first tap shows the card, the second follows the link.
document.addEventListener("pointerdown", (event) => {
  const link = refOf(event.target);
  touched = event.pointerType === "touch" ? link : null;
  if (!link && owner && !card.contains(event.target)) hide();
});
document.addEventListener("click", (event) => {
  const link = refOf(event.target);
  if (!link || link !== touched) return;
  touched = null;
  if (owner === link && !card.hidden) return;
  event.preventDefault();
  show(link);
});
window.addEventListener("scroll", () => owner && !card.hidden && place(owner), { passive: true, capture: true });
window.addEventListener("resize", () => hide());
