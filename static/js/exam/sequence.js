// Lines to be put into an order. Each has a control with its place; with script a line moves by its arrows or by the
// number that is chosen, and all the others are numbered after it. Untouched, no line has a place.

const lines = (list) => [...list.querySelectorAll("[data-option]")];
const place = (line) => line.querySelector("select");

function number(list) {
  lines(list).forEach((line, at) => {
    place(line).value = String(at + 1);
  });
}

function put(list, line, at) {
  const others = lines(list).filter((each) => each !== line);
  if (at >= others.length) list.append(line);
  else others[at].before(line);
  number(list);
}

export function readOrder(list) {
  const all = lines(list);
  return all.every((line) => place(line).value) ? all.map((line) => line.dataset.option) : null;
}

export function writeOrder(list, order) {
  for (const option of order ?? []) list.append(list.querySelector(`[data-option="${CSS.escape(option)}"]`));
  if (order) number(list);
  else for (const line of lines(list)) place(line).value = "";
}

export function orderLines(list) {
  list.addEventListener("change", (event) => {
    const line = event.target.closest("[data-option]");
    if (!event.target.value) return number(list); // once put, a line has a place
    put(list, line, Number(event.target.value) - 1);
    return event.target.focus();
  });
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-step]");
    if (!button) return;
    const line = button.closest("[data-option]");
    const at = Math.min(Math.max(lines(list).indexOf(line) + Number(button.dataset.step), 0), lines(list).length - 1);
    put(list, line, at);
    button.focus();
    list.dispatchEvent(new Event("change", { bubbles: true }));
  });
}
