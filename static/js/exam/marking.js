// Marks in the stem and the chart of one item. Places are counted as quizzes.models.Response.highlights says;
// document -1 is the stem.

import { selectedPlace, unwrap, wholeText, wrap } from "../case/places.js";

const MOST = 100; // as quizzes.text_marks has it

const inside = (outer, inner) => outer.document === inner.document && outer.start <= inner.start && inner.end <= outer.end;
const touch = (one, other) => one.document === other.document && one.start <= other.end && other.start <= one.end;
const order = (one, other) => one.document - other.document || one.start - other.start;

export class Marks {
  // onChange(): a mark was put or taken away.
  constructor(item, marks, onChange) {
    Object.assign(this, { item, onChange });
    this.position = item.dataset.item;
    this.list = item.querySelector("[data-marks-list]");
    this.list.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) this.remove(Number(button.dataset.unmark));
    });
    this.write(marks);
  }

  read() {
    return this.marks.map(({ document, start, end }) => ({ document, start, end }));
  }

  write(marks) {
    this.marks = [...marks].sort(order);
    this.show();
  }

  // Marks the selection; within a mark, that one goes. Gives what happened in words.
  toggle() {
    const place = selectedPlace();
    if (!place || !this.text(place.document)?.contains(getSelection().anchorNode)) {
      return "Select words of the text first.";
    }
    const known = this.marks.find((one) => inside(one, place));
    const marks = known ? this.marks.filter((one) => one !== known) : this.with(place);
    if (!known && marks.length > MOST) return `There is room for ${MOST} marks in an item. Take one away first.`;
    getSelection().removeAllRanges();
    this.change(marks);
    return known ? "The mark is gone." : "Marked.";
  }

  // Marks that touch become one.
  with(place) {
    const touched = this.marks.filter((one) => touch(one, place));
    const start = Math.min(place.start, ...touched.map((one) => one.start));
    const end = Math.max(place.end, ...touched.map((one) => one.end));
    return [...this.marks.filter((one) => !touched.includes(one)), { ...place, start, end }];
  }

  remove(number) {
    this.change(this.marks.filter((_, at) => at !== number));
    const buttons = this.list.querySelectorAll("button");
    (buttons[Math.min(number, buttons.length - 1)] ?? this.item.querySelector("h2")).focus();
  }

  change(marks) {
    this.write(marks);
    this.onChange();
  }

  text(document) {
    return this.item.querySelector(`[data-document="${document}"]`);
  }

  show() {
    for (const text of this.item.querySelectorAll("[data-document]")) unwrap(text);
    this.marks.forEach((one, number) => wrap(this.text(one.document), one, number, `it-${this.position}-`));
    this.list.replaceChildren(
      ...this.marks.map((one, number) => {
        const words = wholeText(this.text(one.document)).slice(one.start, one.end).replace(/\s+/g, " ");
        const entry = document.createElement("li");
        const link = document.createElement("a");
        link.href = `#it-${this.position}-highlight-${number}`;
        link.textContent = words;
        const button = document.createElement("button");
        Object.assign(button, { type: "button", className: "x", textContent: "×", ariaLabel: `Remove the mark of “${words}”` });
        button.dataset.unmark = number;
        entry.append(link, button);
        return entry;
      }),
    );
    this.list.parentElement.hidden = !this.marks.length;
  }
}
