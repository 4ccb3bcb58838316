// Single keys, off for those who switched them off: A to E choose (1 to 6 too), Shift and a letter strikes out,
// f flags, j and k go on and back. Option F has the key 6, because f flags.

const typing = (element) =>
  element.matches("textarea, select, [contenteditable], input:not([type=radio]):not([type=checkbox])");

export function onKeys({ choose, strike, flag, move, act }) {
  if (!("shortcuts" in document.body.dataset)) return;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
    if (event.target.closest("dialog")) return;
    const key = event.key.toLowerCase();
    let done = true;
    if (/^[a-f]$/.test(key) && event.shiftKey) strike?.(key);
    else if (/^[a-e]$/.test(key)) choose(key);
    else if (/^[1-6]$/.test(key)) choose("abcdef"[Number(key) - 1]);
    else if (key === "f") flag?.();
    else if (key === "j") move(1);
    else if (key === "k") move(-1);
    else if (key === "enter" && act && !event.target.closest("a, button, summary")) act();
    else done = false;
    if (done) event.preventDefault();
  });
}

// The option of a letter, in an item as the page shows it.
export const option = (item, letter) => item?.querySelector(`input[data-letter="${letter.toUpperCase()}"]`);
