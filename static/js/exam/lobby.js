// The system check before an exam: script, storage, the computer's clock, a round trip to the server.

import { storageWorks } from "./store.js";

const list = document.querySelector("[data-system-check]");

function tell(name, words, good = true) {
  const row = list.querySelector(`[data-check="${name}"]`);
  row.dataset.state = good ? "good" : "bad";
  row.querySelector("[data-result]").textContent = words;
  row.querySelector("use").setAttribute("href", good ? "#i-ok" : "#i-warning");
}

function difference(milliseconds) {
  const seconds = Math.round(Math.abs(milliseconds) / 1000);
  if (seconds < 2) return "The same as the server's.";
  const words = seconds < 120 ? `${seconds} seconds` : `${Math.round(seconds / 60)} minutes`;
  return `${words} ${milliseconds > 0 ? "ahead" : "behind"}; the exam uses the server's clock.`;
}

async function roundTrip() {
  const sent = performance.now();
  const response = await fetch(list.dataset.url, { method: "POST", headers: { "X-CSRFToken": list.dataset.csrf } });
  const took = performance.now() - sent;
  if (!response.ok) throw new Error(String(response.status));
  const { server_now: now } = await response.json();
  return { took, ahead: Date.now() - (Date.parse(now) + took / 2) };
}

async function check() {
  tell("script", "Runs. The exam shows all items in one page and saves by itself.");
  const keeps = await storageWorks();
  tell("storage", keeps ? "Works. Answers are kept here when the connection is lost." : "Does not work: leave the page open if the connection is lost, and do not use a private window.", keeps);
  try {
    const { took, ahead } = await roundTrip();
    tell("save", `Sent and received in ${Math.round(took)} ms.`);
    tell("clock", difference(ahead), Math.abs(ahead) < 120_000);
  } catch {
    tell("save", "The server did not answer. Check the connection before you start.", false);
    tell("clock", "Not compared.", false);
  }
}

check();
