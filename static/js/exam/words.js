// The state of an answer's save in words, beside the answer.

const icon = (name) => {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [key, value] of Object.entries({ width: 12, height: 12, viewBox: "0 0 16 16", "aria-hidden": "true" })) {
    svg.setAttribute(key, value);
  }
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
};

// Why nothing is saved while nobody is here to save as.
export const STOPPED = {
  "signed-out": "you are signed out",
  stranger: "this belongs to another account than the one that is signed in here",
};

// hour(instant) writes an instant in the student's time zone; waiting() counts the answers that wait here.
export function saveWords({ hour, waiting, keeps, signIn }) {
  const answers = () => (waiting() === 1 ? "1 answer waits here" : `${waiting()} answers wait here`);
  const here = () => (keeps() ? "kept on this device" : "kept in this page only, leave it open");
  const sentences = {
    saving: () => "Saving",
    saved: ({ at }) => (at ? `Saved ${hour(at)}` : "Saved"),
    offline: () => `Offline - ${here()}. ${answers()}, sent when you are back.`,
    trying: ({ why }) => `Not saved yet: ${why}. It is ${here()} and will be sent again.`,
    refused: ({ why }) => `Not taken: ${why.replace(/\.$/, "")}. It is ${here()}. Change it and it will be sent.`,
    unkept: () => "Saving. This browser keeps nothing on the device: leave the page open until it says Saved.",
    late: () => "Arrived after closing: kept as late, not graded.",
    asking: () => "Not saved: two answers exist. Choose below.",
    "signed-out": () => `Not saved: ${STOPPED["signed-out"]}. It is ${here()}.`,
    stranger: () => `Not saved: ${STOPPED.stranger}. It is ${here()}. Sign in as yourself again, then come back here.`,
  };
  return (element, state) => {
    const good = state.kind === "saved";
    const waits = !good && state.kind !== "saving";
    const sentence = sentences[state.kind](state);
    if (element.textContent.trim() === sentence) return;
    element.className = waits ? "save offline" : "save";
    element.replaceChildren(...(good ? [icon("ok")] : waits ? [icon("warning")] : []), sentence);
    if (state.kind === "signed-out") {
      const link = document.createElement("a");
      link.href = signIn;
      link.textContent = "Sign in again";
      element.append(" ", link);
    }
  };
}
