// The review page: what this device still keeps is sent, then the page is shown anew, so that what is handed in is
// what the student sees. Nothing is handed in while an answer waits here, unless the student says so.

import { announcer, Clock } from "./clock.js";
import { Pulse } from "./pulse.js";
import { sendUnsent } from "./unsent.js";
import { onWake } from "./wake.js";
import { STOPPED } from "./words.js";

const page = document.querySelector("[data-review-page]");
const box = page.querySelector("[data-unsent]");
const form = page.querySelector("#hand-in");
const face = document.querySelector("[data-clock]");
const toReport = () => location.assign(page.dataset.report);
const announce = announcer(page.querySelector("[data-announce]"), document.querySelector("[data-notice]"));
const clock = face && new Clock({ element: face, announce, onEnd: toReport, ...face.dataset });

async function checkClock() {
  try {
    const response = await fetch(`${page.dataset.api}clock/`, { cache: "no-store" });
    if (!response.ok) return;
    const body = await response.json();
    if (body.state !== "open") return toReport();
    clock?.set(body);
  } catch {
    // Offline: the clock goes on by itself.
  }
}

let behind = false; // an answer waited here when the page was made

function linkTo(position) {
  const link = document.createElement("a");
  Object.assign(link, { href: `${page.dataset.sittingPage}?item=${position}`, textContent: `item ${position}` });
  return link;
}

function paragraph(...content) {
  const element = document.createElement("p");
  element.append(...content);
  return element;
}

function tell({ left, refused, stopped }) {
  behind ||= left.length > 0;
  box.hidden = !left.length;
  const words = [...refused].map(([position, why]) =>
    paragraph("The server did not take ", linkTo(position), `: ${why.replace(/\.$/, "")}. Change it there, or hand in without it.`),
  );
  const waiting = left.filter((position) => !refused.has(position));
  const links = waiting.flatMap((position, at) => (at ? [", ", linkTo(position)] : [linkTo(position)]));
  const then = stopped
    ? `Not saved: ${STOPPED[stopped.kind]}. Sign in as yourself again, then come back here.`
    : "They are sent as soon as the connection is back; hand in after that.";
  if (waiting.length) words.unshift(paragraph("On this device, not yet received: ", ...links, `. ${then}`));
  box.querySelector("[data-unsent-words]").replaceChildren(...words);
}

async function send() {
  const result = await sendUnsent(page.dataset);
  if (result.sent) return location.reload();
  return tell(result);
}

async function handIn(event) {
  if (event.submitter?.name === "incomplete") return;
  event.preventDefault();
  const result = await sendUnsent(page.dataset);
  const { sent, left, stopped } = result;
  if (!left.length && (sent || behind)) return location.reload(); // what is handed in is seen first
  if (!left.length) return form.submit();
  tell(result);
  box.querySelector("[data-incomplete]").hidden = !navigator.onLine || Boolean(stopped);
  return box.focus();
}

form.addEventListener("submit", handIn);
form.querySelector("[data-hand-in]").disabled = false; // not before: it would leave behind what waits here
page.dataset.ready = "true";
addEventListener("online", send);
clock?.start();
onWake(() => {
  checkClock();
  send();
});
new Pulse(page.dataset, checkClock).beat();
send();
