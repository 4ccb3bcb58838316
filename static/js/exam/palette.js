// The palette: one link an item, with its state as a class and in words. It is one stop for the Tab key; the arrows
// move inside it, over what its filter shows.

const visible = (link) => link.offsetParent !== null;

export class Palette {
  constructor(element) {
    this.element = element;
    this.links = new Map([...element.querySelectorAll("[data-go]")].map((link) => [Number(link.dataset.go), link]));
    element.addEventListener("keydown", (event) => this.key(event));
    element.addEventListener("change", () => this.stop(this.stopAt()));
  }

  // state: { answered, flagged, seen }; passed over is seen and not answered.
  set(position, { answered, flagged, seen }) {
    const link = this.links.get(position);
    const passed = seen && !answered;
    link.classList.toggle("a", answered);
    link.classList.toggle("f", flagged);
    link.classList.toggle("p", passed);
    const word = answered ? "answered" : passed ? "passed over" : "not seen";
    link.setAttribute("aria-label", `Item ${position}, ${word}${flagged ? ", flagged" : ""}`);
  }

  current(position) {
    for (const [at, link] of this.links) {
      if (at === position) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    const link = this.links.get(position);
    this.stop(visible(link) ? link : this.stopAt());
    link.scrollIntoView({ block: "nearest" });
  }

  // Where Tab stops: at the item that is shown, or at the first that the filter leaves.
  stopAt() {
    const all = [...this.links.values()].filter(visible);
    return all.find((link) => link.hasAttribute("aria-current")) ?? all[0];
  }

  stop(at) {
    for (const link of this.links.values()) link.tabIndex = link === at ? 0 : -1;
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const all = [...this.links.values()].filter(visible);
    const at = all.indexOf(event.target);
    if (at < 0) return;
    const next = {
      ArrowLeft: () => all[at - 1],
      ArrowRight: () => all[at + 1],
      ArrowUp: () => this.beside(all.slice(0, at).reverse(), event.target),
      ArrowDown: () => this.beside(all.slice(at + 1), event.target),
      Home: () => all[0],
      End: () => all.at(-1),
    }[event.key];
    if (!next) return;
    event.preventDefault();
    const link = next();
    if (!link) return;
    this.stop(link);
    link.focus();
  }

  // The nearest of another row, in the same column where the row is as long.
  beside(others, link) {
    const from = link.getBoundingClientRect();
    const row = others.find((each) => each.getBoundingClientRect().top !== from.top)?.getBoundingClientRect().top;
    const distance = (each) => Math.abs(each.getBoundingClientRect().left - from.left);
    return others
      .filter((each) => each.getBoundingClientRect().top === row)
      .reduce((best, each) => (best && distance(best) <= distance(each) ? best : each), null);
  }

  count() {
    const all = [...this.links.values()];
    const having = (name) => all.filter((link) => link.classList.contains(name)).length;
    const counts = { a: having("a"), p: having("p"), f: having("f") };
    counts.u = all.length - counts.a - counts.p;
    for (const place of this.element.querySelectorAll("[data-count]")) place.textContent = counts[place.dataset.count];
    for (const place of document.querySelectorAll("[data-answered]")) {
      place.textContent = `${counts.a} of ${all.length} answered`;
    }
  }
}

// Beside the item there is room for the palette; under it, on a narrow screen, it waits folded.
export function foldOnPhones(fold) {
  const narrow = matchMedia("(max-width: 63.99rem)");
  const set = () => {
    fold.open = !narrow.matches;
  };
  narrow.addEventListener("change", set);
  set();
}
