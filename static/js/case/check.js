// "Check my claim": the rules' findings under the grid, and a mark at each line that one of them speaks of.

import { SignedOut } from "../exam/requests.js";

const WORST = ["critical", "warning", "information"];

export class Check {
  constructor({ form, grid, requests, answer }) {
    Object.assign(this, { form, grid, requests, answer });
    this.place = form.querySelector("[data-findings]");
    this.said = form.querySelector("[data-check-said]");
    this.counts = form.querySelector("[data-counts]");
    this.left = form.querySelector("[data-checks-left]");
    this.button = form.querySelector("[data-check]");
    this.button?.addEventListener("click", () => this.run());
  }

  async run() {
    if (!this.button || this.button.disabled) return;
    this.button.disabled = true;
    try {
      await this.ask();
    } catch (error) {
      this.tell(error instanceof SignedOut ? "You are signed out. Sign in again in another tab, then check." : "The server did not answer. Your claim is kept; try again.");
    }
    this.button.disabled = this.none;
    if (document.activeElement === document.body) this.button.focus();
  }

  async ask() {
    const response = await this.requests.send("POST", this.form.dataset.checkUrl, { answer: this.answer() });
    if (!response.ok) throw new Error(String(response.status));
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const refused = page.querySelector("[data-refused]");
    if (refused) return this.tell(refused.textContent.trim());
    const found = document.importNode(page.querySelector("section"), true);
    this.place.replaceChildren(found);
    this.mark();
    this.count(found.dataset.left);
    return this.tell(found.querySelector("[data-summary]").textContent.trim());
  }

  tell(text) {
    this.said.textContent = text;
  }

  count(left) {
    if (left === "") return;
    this.none = left === "0";
    this.left.textContent = this.none ? "no check left" : left === "1" ? "1 check left" : `${left} checks left`;
  }

  clear() {
    for (const row of this.form.querySelectorAll("[data-row]")) {
      row.classList.remove(...WORST);
      const place = row.querySelector("[data-line]");
      place.textContent = place.textContent.trim();
    }
  }

  mark() {
    this.clear();
    const found = [...this.place.querySelectorAll("[data-lines]")];
    for (const severity of WORST) {
      for (const finding of found.filter((each) => each.dataset.severity === severity)) {
        for (const line of finding.dataset.lines.split(" ").filter(Boolean)) this.point(line, finding, severity);
      }
    }
  }

  // The worst finding of a line is the one that its number leads to.
  point(line, finding, severity) {
    const [part, number] = line.split(":");
    const row = this.grid.lines(part)[Number(number) - 1];
    if (!row || WORST.some((each) => row.classList.contains(each))) return;
    row.classList.add(severity);
    const place = row.querySelector("[data-line]");
    const link = document.createElement("a");
    link.href = `#${finding.id}`;
    link.textContent = place.textContent.trim();
    link.title = `${severity}: read the finding`;
    place.replaceChildren(link);
  }

  // The claim is another one now: what was said of it is not gone, and not of this one.
  stale() {
    if (!this.place.firstElementChild || this.place.querySelector("[data-stale]")) return;
    this.clear();
    const words = document.createElement("p");
    words.className = "soft";
    words.dataset.stale = "";
    words.textContent = "You have changed the claim since this check.";
    this.place.querySelector("h2").after(words);
    this.tell("");
  }
}
