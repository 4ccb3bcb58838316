// The palette: one link an item, with its state as a class and in words.

export class Palette {
  constructor(element) {
    this.element = element;
    this.links = new Map([...element.querySelectorAll("[data-go]")].map((link) => [Number(link.dataset.go), link]));
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
    this.count();
  }

  current(position) {
    for (const [at, link] of this.links) {
      if (at === position) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    this.links.get(position).scrollIntoView({ block: "nearest" });
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
