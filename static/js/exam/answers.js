// One item's form: what the student has put in, read from and written to its controls.
// A state is { answer, flagged, struck, note }; answer has the shapes that the server keeps, or null.

import { readOrder, writeOrder } from "./sequence.js";

const checked = (item, name) => [...item.querySelectorAll(`[name="${name}"]:checked`)].map((input) => input.value);

function readAnswer(item) {
  switch (item.dataset.kind) {
    case "single_best": {
      const [choice] = checked(item, "choice");
      return choice ? { choice } : null;
    }
    case "multiple_response": {
      const choices = checked(item, "choices").sort();
      return choices.length ? { choices } : null;
    }
    case "sequencing": {
      const order = readOrder(item.querySelector("[data-sequence]"));
      return order ? { order } : null;
    }
    default: {
      const code = item.querySelector('[name="code"]').value.trim();
      return code ? { code, system: item.dataset.system } : null;
    }
  }
}

export function readItem(item) {
  return {
    answer: readAnswer(item),
    flagged: item.querySelector('[name="flagged"]').checked,
    struck: checked(item, "struck").sort(),
    note: item.querySelector('[name="note"]').value,
  };
}

export function writeItem(item, state) {
  const chosen = new Set(state.answer?.choices ?? (state.answer?.choice ? [state.answer.choice] : []));
  for (const input of item.querySelectorAll('[name="choice"], [name="choices"]')) input.checked = chosen.has(input.value);
  const sequence = item.querySelector("[data-sequence]");
  if (sequence) writeOrder(sequence, state.answer?.order);
  const code = item.querySelector('[name="code"]');
  if (code) code.value = state.answer?.code ?? "";
  for (const input of item.querySelectorAll('[name="struck"]')) input.checked = state.struck.includes(input.value);
  item.querySelector('[name="flagged"]').checked = state.flagged;
  item.querySelector('[name="note"]').value = state.note;
}

// Lines of a claim by their values: the server may give the fields back in another order.
const lines = (claim) => [
  (claim?.diagnoses ?? []).map((line) => [line.code, line.role, line.poa]),
  (claim?.procedures ?? []).map((line) => [line.system, line.code, line.modifiers, line.units, line.pointers]),
];

const canonical = (state) =>
  JSON.stringify([
    state.answer?.choice ?? null,
    [...(state.answer?.choices ?? [])].sort(),
    state.answer?.code ?? null,
    state.answer?.order ?? null,
    lines(state.answer?.claim),
    state.answer?.query ?? null,
    state.flagged,
    [...state.struck].sort(),
    state.note,
  ]);

export const sameState = (one, other) => canonical(one) === canonical(other);

// The answer in words, for the question which of two answers to keep.
export function describe(item, answer) {
  if (!answer) return "no answer";
  if (answer.code) return answer.code;
  if (answer.order) {
    const line = (id) => item.querySelector(`[data-option="${CSS.escape(id)}"] :is(.code, .words)`)?.textContent ?? id;
    return answer.order.map(line).join(", then ");
  }
  const letters = (answer.choices ?? [answer.choice]).map((id) => {
    const input = item.querySelector(`[name="choice"][value="${CSS.escape(id)}"], [name="choices"][value="${CSS.escape(id)}"]`);
    return input?.dataset.letter ?? id;
  });
  return letters.sort().join(" and ");
}
