// Places in a text, counted in characters of the text as shown: of a document of a chart, or of a stem. An element
// with data-document is such a text; the numbers behind the words that bear a line are not part of it.

const textOf = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest("[data-document]");

function textNodes(root) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT, (node) =>
    node.parentElement.closest("mark > a") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
  );
  const nodes = [];
  while (walker.nextNode()) nodes.push(walker.currentNode);
  return nodes;
}

export const wholeText = (root) => textNodes(root).map((node) => node.data).join("");

// How many characters of the text lie before a point of the page.
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

// { document, start, end } of the selection without the blanks around it, or null.
export function selectedPlace() {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const root = textOf(range.startContainer);
  if (!root || root !== textOf(range.endContainer)) return null;
  const text = wholeText(root);
  let start = offset(root, range.startContainer, range.startOffset);
  let end = offset(root, range.endContainer, range.endOffset);
  while (start < end && /\s/.test(text[start])) start += 1;
  while (end > start && /\s/.test(text[end - 1])) end -= 1;
  return start < end ? { document: Number(root.dataset.document), start, end } : null;
}

export function unwrap(root) {
  for (const mark of root.querySelectorAll("mark[data-highlight]")) {
    const parent = mark.parentNode;
    mark.replaceWith(...mark.childNodes);
    parent.normalize();
  }
}

// number: of the mark, which its pieces carry; the first piece has the id that links lead to.
export function wrap(root, { start, end, note }, number, prefix = "") {
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
    if (first) mark.id = `${prefix}highlight-${number}`;
    if (note) mark.title = note;
    first = false;
    piece.replaceWith(mark);
    mark.append(piece);
  }
}
