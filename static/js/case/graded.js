// The audit beside the chart: a line shows its words in the chart, the number behind the words shows the line.
// Without script the same links jump; here nothing but the pane in question moves, or comes up on a small screen.

const now = (audited, name) => {
  for (const one of audited.querySelectorAll(".now")) one.classList.remove("now");
  for (const one of audited.querySelectorAll(`mark.p-${name}`)) one.classList.add("now");
};

const show = (target) => {
  const pane = target.closest("[data-scrolls]");
  const view = document.getElementById(pane?.dataset.scrolls);
  if (view) view.checked = true;
  if (pane && pane.scrollHeight > pane.clientHeight) {
    const from = target.getBoundingClientRect();
    const to = pane.getBoundingClientRect();
    pane.scrollBy({ top: from.top - to.top - Math.min(80, to.height / 4) });
  } else {
    target.scrollIntoView({ block: "center" });
  }
  target.focus({ preventScroll: true });
};

for (const audited of document.querySelectorAll("[data-audited]")) {
  audited.addEventListener("click", (event) => {
    const link = event.target.closest('mark a[href^="#"], a[data-phrase]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const target = document.getElementById(link.hash.slice(1));
    if (!target) return;
    event.preventDefault();
    const number = link.closest("mark") ? link : target;
    const line = [...number.classList].find((one) => one.startsWith("p-"));
    if (line) {
      now(audited, line.slice(2));
      const row = link.closest("[data-line]") ?? target.closest("[data-line]");
      row?.classList.add("now");
    }
    show(target);
  });
}
