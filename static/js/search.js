// The search box as a combobox: asks for the list as you type, shows it, moves in it and opens what is chosen.
// Not htmx: a request that a newer text overtakes is cut off, which htmx reports as an error on the console.
const ASK_AFTER = 40; // milliseconds without a key

const form = document.querySelector("form[data-search]");

function setUp(form) {
  const input = form.querySelector("[data-search-box]");
  const panel = form.querySelector(".search-pop");
  const status = form.querySelector("[data-search-status]");
  let active = -1;
  let timer = 0;
  let asking = new AbortController();

  const list = () => panel.querySelector("[role=listbox]");
  const options = () => [...panel.querySelectorAll("[role=option]")];
  // A list that belongs to an older text must never be opened from.
  const current = () => list()?.dataset.q === input.value.trim();

  function select(index) {
    const all = options();
    active = index;
    all.forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    if (index < 0) input.removeAttribute("aria-activedescendant");
    else {
      input.setAttribute("aria-activedescendant", all[index].id);
      all[index].scrollIntoView({ block: "nearest" });
    }
  }

  async function ask() {
    asking.abort();
    asking = new AbortController();
    try {
      // the date that the page is shown for goes along
      const query = new URLSearchParams(new FormData(form));
      const response = await fetch(`${input.dataset.resultsUrl}?${query}`, {
        signal: asking.signal,
        credentials: "same-origin",
      });
      if (response.ok) fill(await response.text());
      else hide();
    } catch (error) {
      // Cut off by a newer text; or no network, then Enter still opens the full page.
      if (error.name !== "AbortError") hide();
    }
  }

  function fill(html) {
    if (document.activeElement !== input) return;
    panel.innerHTML = html; // escaped by the server's template
    select(-1);
    show();
    const count = options().length;
    status.textContent = count ? `${count} codes found. Down arrow to choose.` : "No code found.";
  }

  function show() {
    const open = current() && input.value.trim() !== "";
    panel.hidden = !open;
    input.setAttribute("aria-expanded", String(open && options().length > 0));
  }

  function hide() {
    panel.hidden = true;
    input.setAttribute("aria-expanded", "false");
    select(-1);
  }

  function move(step) {
    const count = options().length;
    if (!count || !current()) return;
    if (panel.hidden) show();
    // one place beyond either end is the text itself
    select(((active + 1 + step + count + 1) % (count + 1)) - 1);
  }

  // From a chosen header straight to its valid codes; within the text the arrow moves in it.
  function below(event) {
    const url = current() && options()[active]?.dataset.below;
    if (!url || input.selectionStart < input.value.length) return;
    event.preventDefault();
    window.location.assign(url);
  }

  // The chosen code, or the one that was typed whole, or the full page. A quick typist is ahead of the list:
  // then the list of the whole text is waited for, and never one of an older text opened from.
  async function enter(event) {
    const text = input.value.trim();
    if (!text) return;
    event.preventDefault();
    clearTimeout(timer);
    if (!current()) await ask();
    const exact = options().find((option) => "exact" in option.dataset);
    const chosen = current() ? (options()[active] ?? exact) : null;
    if (chosen) window.location.assign(chosen.dataset.url);
    else form.submit();
  }

  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "ArrowRight") below(event);
    else if (event.key === "Enter") enter(event);
    else if (event.key === "Escape" && !panel.hidden) {
      event.preventDefault();
      hide();
    }
  });
  input.addEventListener("input", () => {
    clearTimeout(timer);
    select(-1);
    const text = input.value.trim();
    if (text) timer = setTimeout(ask, ASK_AFTER);
    else {
      asking.abort();
      status.textContent = "";
      hide();
    }
  });
  input.addEventListener("focus", () => {
    if (options().length) show();
  });
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) hide();
  });
  // The mouse must not take the focus from the box before its click counts.
  panel.addEventListener("mousedown", (event) => event.preventDefault());
  panel.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) window.location.assign(option.dataset.url);
  });
}

if (form) setUp(form);
