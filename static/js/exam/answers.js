// One item's form: what the student has put in, read from and written to its controls.
// A state is { answer, flagged, struck, note, sure, marks, seconds }; answer has the shapes that the server keeps, or
// null; sure is 1 to 4 or null; seconds, the time on screen, goes along with a state and is no part of its meaning.

import { readOrder, writeOrder } from "./sequence.js";

// What an item has beside its plain controls: { claim, marks, seconds() }. claim and marks have read() and write().
const parts = new WeakMap();
export const furnish = (item, more) => parts.set(item, more);

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
    case "coded_case":
    case "audit":
      return parts.get(item).claim.read();
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
    sure: Number(checked(item, "sure")[0]) || null,
    marks: parts.get(item).marks.read(),
    seconds: parts.get(item).seconds(),
  };
}

export function writeItem(item, state) {
  const chosen = new Set(state.answer?.choices ?? (state.answer?.choice ? [state.answer.choice] : []));
  for (const input of item.querySelectorAll('[name="choice"], [name="choices"]')) input.checked = chosen.has(input.value);
  const sequence = item.querySelector("[data-sequence]");
  if (sequence) writeOrder(sequence, state.answer?.order);
  const code = item.querySelector('[name="code"]');
  if (code) code.value = state.answer?.code ?? "";
  for (const input of item.querySelectorAll('[name="sure"]')) input.checked = Number(input.value) === state.sure;
  parts.get(item).claim?.write(state.answer);
  parts.get(item).marks.write(state.marks ?? []);
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
    state.sure ?? null,
    (state.marks ?? []).map(({ document, start, end }) => [document, start, end]).sort(),
  ]);

export const sameState = (one, other) => canonical(one) === canonical(other);

export function describeClaim(answer) {
  const { diagnoses = [], procedures = [] } = answer?.claim ?? {};
  return [...diagnoses, ...procedures].map((line) => line.code).join(", ") || "no code";
}

// The answer in words, for the question which of two answers to keep.
export function describe(item, answer) {
  if (!answer) return "no answer";
  if (answer.code) return answer.code;
  if (answer.claim) return describeClaim(answer);
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
