// Practice: letters choose, Enter checks, j and k go on and back; after a check the verdict has the focus.

import { onKeys, option } from "./keys.js";
import { completeCode } from "./complete.js";
import { foldOnPhones } from "./palette.js";
import { orderLines } from "./sequence.js";

const form = document.querySelector("[data-practice]");
const verdict = form.querySelector("[data-verdict]");
const follow = (name) => form.querySelector(name)?.click();

const fold = document.querySelector("[data-fold]");
if (fold) foldOnPhones(fold); // the placement shows one item and no list
if (verdict && location.hash === "#verdict") verdict.focus();
const box = form.querySelector("[data-complete]");
if (box) completeCode(box);
const sequence = form.querySelector("[data-sequence]");
if (sequence) orderLines(sequence);

onKeys({
  choose: (letter) => option(form, letter)?.click(),
  move: (step) => follow(step > 0 ? "[data-next]" : "[data-previous]"),
  act: () => follow(verdict ? "[data-next]" : "[data-check]"),
});
