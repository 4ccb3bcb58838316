// Marks on the chart: a selection becomes a highlight, with a note if one likes. Places are counted in characters of
// a document's text; the numbers behind the words that bear a line are not part of it.

const documentOf = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest("[data-document]");

function textNodes(root) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT, (node) =>
    node.parentElement.closest("mark > a") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
  );
  const nodes = [];
  while (walker.nextNode()) nodes.push(walker.currentNode);
  return nodes;
}

// How many characters of the document lie before a point of the page.
function offset(root, container, at) {
  const point = document.createRange();
  point.setStart(container, at);
  let count = 0;
  for (const node of textNodes(root)) {
    const place = point.comparePoint(node, 0);
    if (node === container) return count + at;
    if (place > 0) return count;
    count += node.data.length;
  }
  return count;
}

export function selectedPlace() {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const root = documentOf(range.startContainer);
  if (!root || root !== documentOf(range.endContainer)) return null;
  const text = textNodes(root).map((node) => node.data).join("");
  let start = offset(root, range.startContainer, range.startOffset);
  let end = offset(root, range.endContainer, range.endOffset);
  while (start < end && /\s/.test(text[start])) start += 1;
  while (end > start && /\s/.test(text[end - 1])) end -= 1;
  return start < end ? { document: Number(root.dataset.document), start, end } : null;
}

function unwrap(root) {
  for (const mark of root.querySelectorAll("mark[data-highlight]")) {
    const parent = mark.parentNode;
    mark.replaceWith(...mark.childNodes);
    parent.normalize();
  }
}

function wrap(root, { start, end, note }, number) {
  let at = 0;
  let first = true;
  for (const node of textNodes(root)) {
    const from = Math.max(start - at, 0);
    const to = Math.min(end - at, node.data.length);
    at += node.data.length;
    if (from >= to || !node.data.slice(from, to).trim()) continue;
    const piece = node.splitText(from);
    piece.splitText(to - from);
    const mark = document.createElement("mark");
    mark.dataset.highlight = number;
    if (first) mark.id = `highlight-${number}`;
    if (note) mark.title = note;
    first = false;
    piece.replaceWith(mark);
    mark.append(piece);
  }
}

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
      if (!texts.has(root)) texts.set(root, textNodes(root).map((node) => node.data).join(""));
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
