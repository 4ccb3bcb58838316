// The official titles of codes on the item's date: those that the lists brought, the rest asked from the search.

import { normalize } from "./codes.js";

const known = new Map(); // stored code to title, "" where no book has it

export const remember = (found) => {
  for (const { code, title } of found) known.set(normalize(code), title);
};

export const knownTitle = (code) => known.get(normalize(code));

// address: the list under the code cell. Gives "" for what the books do not have, or when they do not answer.
export async function findTitle(address, code) {
  if (known.has(normalize(code))) return knownTitle(code);
  const url = new URL(address, location.href);
  url.searchParams.set("q", code);
  try {
    const response = await fetch(url, { headers: { "HX-Request": "true" } });
    if (!response.ok) return "";
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const exact = page.querySelector("[role=option][data-exact]");
    known.set(normalize(code), exact ? exact.children[2].textContent : "");
  } catch {
    return "";
  }
  return knownTitle(code);
}
