// A code box that completes from the books. The list comes from the search's own fragment; choosing fills the box
// and sends nothing.

const WAIT = 80;

async function find(address, q, signal) {
  const url = new URL(address, location.href);
  url.searchParams.set("q", q);
  const response = await fetch(url, { signal, headers: { "HX-Request": "true" } });
  if (!response.ok) return [];
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  return [...page.querySelectorAll("[role=option]")].map((option) => ({
    code: option.querySelector(".code").textContent,
    title: option.children[2].textContent,
    cells: [...option.children].map((cell) => document.importNode(cell, true)),
  }));
}

// name: of the ids in the list, one for each box of a page. isCode(text): whether what stands in the box is a code
// already; Enter on words then goes to the list first. onFound(found) is told what the books have for the text.
export function completeCode(box, { name = "code", isCode = () => true, onFound = () => {} } = {}) {
  const list = document.createElement("ul");
  list.className = "results";
  list.id = `${name}-options`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Codes that fit");
  list.hidden = true;
  const status = document.createElement("span");
  status.className = "vh";
  status.setAttribute("role", "status");
  box.after(list, status);
  const expanded = { role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" };
  for (const [attribute, value] of Object.entries(expanded)) box.setAttribute(attribute, value);
  let active = -1;
  let timer = 0;
  let asked = new AbortController();

  function select(index) {
    active = index;
    [...list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    if (index < 0) return box.removeAttribute("aria-activedescendant");
    box.setAttribute("aria-activedescendant", list.children[index].id);
    return list.children[index].scrollIntoView({ block: "nearest" });
  }

  function hide() {
    asked.abort();
    clearTimeout(timer);
    list.hidden = true;
    box.setAttribute("aria-expanded", "false");
    select(-1);
  }

  function take(index) {
    box.value = list.children[index].dataset.code;
    hide();
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function show(found) {
    list.replaceChildren(
      ...found.map(({ code, cells }, at) => {
        const option = document.createElement("li");
        option.setAttribute("role", "option");
        option.id = `${name}-option-${at}`;
        option.dataset.code = code;
        option.append(...cells);
        return option;
      }),
    );
    select(-1);
    list.hidden = !found.length;
    box.setAttribute("aria-expanded", String(found.length > 0));
    status.textContent = found.length ? `${found.length} codes fit. Down arrow to choose.` : "No code fits.";
    if (found.length) list.scrollIntoView({ block: "nearest" });
    onFound(found);
  }

  async function look() {
    asked.abort();
    asked = new AbortController();
    const q = box.value.trim();
    if (q.length < 2) return hide();
    try {
      show(await find(box.dataset.complete, q, asked.signal));
    } catch (error) {
      if (error.name !== "AbortError") hide();
    }
  }

  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, WAIT);
  });
  box.addEventListener("keydown", (event) => {
    if (list.hidden && event.key === "Escape") hide(); // what is still on its way opens no list then
    if (list.hidden || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const last = list.children.length - 1;
    if (event.key === "ArrowDown") select(active === last ? -1 : active + 1);
    else if (event.key === "ArrowUp") select(active === -1 ? last : active - 1);
    else if (event.key === "Enter" && active >= 0) take(active);
    else if (event.key === "Enter" && !isCode(box.value)) select(0);
    else if (event.key === "Escape") hide();
    else return;
    event.preventDefault();
  });
  box.addEventListener("blur", hide);
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const option = event.target.closest("[role=option]");
    if (option) take([...list.children].indexOf(option));
  });
}
