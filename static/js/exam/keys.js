// Single keys, off for those who switched them off: A to E choose (1 to 6 too), Shift and a letter strikes out,
// f flags, m marks the selection, j and k go on and back, r goes to the review. Option F has the key 6, because f
// flags.

const typing = (element) =>
  element.matches("textarea, select, [contenteditable], input:not([type=radio]):not([type=checkbox])");

export function onKeys({ choose, strike, flag, mark, move, review, act }) {
  if (!("shortcuts" in document.body.dataset)) return;
  const plain = { f: flag, m: mark, r: review, j: () => move(1), k: () => move(-1) };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
    if (event.target.closest("dialog")) return;
    const key = event.key.toLowerCase();
    let done = true;
    if (/^[a-f]$/.test(key) && event.shiftKey) strike?.(key);
    else if (/^[a-e]$/.test(key)) choose(key);
    else if (/^[1-6]$/.test(key)) choose("abcdef"[Number(key) - 1]);
    else if (plain[key] && !event.shiftKey) plain[key]();
    else if (key === "enter" && act && !event.target.closest("a, button, summary")) act();
    else done = false;
    if (done) event.preventDefault();
  });
}

// The option of a letter, in an item as the page shows it.
export const option = (item, letter) => item?.querySelector(`input[data-letter="${letter.toUpperCase()}"]`);
