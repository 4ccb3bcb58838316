// Marks on the chart: a selection becomes a highlight, with a note if one likes.

import { selectedPlace, unwrap, wholeText, wrap } from "./places.js";

export class Chart {
  // send(method, body) gives { highlights } or { detail }.
  constructor(root, { highlights, send }) {
    Object.assign(this, { root, send, highlights });
    this.list = root.querySelector("[data-highlight-list]");
    this.said = root.querySelector("[data-chart-said]");
    this.button = root.querySelector("[data-highlight-selection]");
    // The button must not take the selection away before its click counts.
    this.button.addEventListener("mousedown", (event) => event.preventDefault());
    this.button.addEventListener("click", () => this.add());
    this.list.addEventListener("change", (event) => this.annotate(event.target));
    this.list.addEventListener("click", (event) => {
      const button = event.target.closest("[data-unmark]");
      if (button) this.remove(Number(button.dataset.unmark));
    });
    this.show();
  }

  async add() {
    const place = selectedPlace();
    if (!place) return this.tell("Select words of one document first.");
    const known = this.highlights.find((one) => one.document === place.document && one.start === place.start && one.end === place.end);
    getSelection().removeAllRanges();
    return this.change("POST", { note: "", ...known, ...place }, "Highlighted.");
  }

  annotate(input) {
    const place = this.highlights[Number(input.dataset.note)];
    return this.change("POST", { ...place, note: input.value }, "Note kept.");
  }

  async remove(number) {
    await this.change("DELETE", this.highlights[number], "Highlight removed.");
    (this.list.querySelector(`[data-unmark="${Math.min(number, this.highlights.length - 1)}"]`) ?? this.button).focus();
  }

  async change(method, body, words) {
    let answer;
    try {
      answer = await this.send(method, body);
    } catch {
      return this.tell("The server did not answer. The chart is as it was; try again.");
    }
    if (!answer.highlights) return this.tell(answer.detail ?? "It was not kept. Try again.");
    this.highlights = answer.highlights;
    this.show();
    return this.tell(words);
  }

  tell(words) {
    this.said.textContent = words;
  }

  show() {
    for (const root of this.root.querySelectorAll("[data-document]")) unwrap(root);
    const texts = new Map();
    this.highlights.forEach((one, number) => {
      const root = this.root.querySelector(`[data-document="${one.document}"]`);
      if (!root) return;
      if (!texts.has(root)) texts.set(root, wholeText(root));
      wrap(root, one, number);
    });
    this.list.replaceChildren(
      ...this.highlights.map((one, number) => {
        const root = this.root.querySelector(`[data-document="${one.document}"]`);
        return this.entry(one, number, (texts.get(root) ?? "").slice(one.start, one.end));
      }),
    );
    this.list.closest("section").hidden = !this.highlights.length;
  }

  entry(one, number, text) {
    const entry = this.root.querySelector("template").content.firstElementChild.cloneNode(true);
    const link = entry.querySelector("a");
    link.href = `#highlight-${number}`;
    link.textContent = text.replace(/\s+/g, " ");
    const note = entry.querySelector("input");
    note.value = one.note;
    note.dataset.note = number;
    note.ariaLabel = `Note on “${link.textContent}”`;
    const button = entry.querySelector("button");
    button.dataset.unmark = number;
    button.ariaLabel = `Remove the highlight of “${link.textContent}”`;
    return entry;
  }
}
