// Asks every eight to ten seconds whether the clocks of the exam were changed; that it asks shows that the page is
// connected. A change is followed up within three seconds, not by every page of the exam at once.

const EVERY = [8000, 10_000];
const SPREAD = 3000;
const SILENT = 60_000;

export const between = (low, high) => low + Math.random() * (high - low);

export class Pulse {
  // onChange(): ask for the clock. It is called every minute, too, while the pulse does not answer.
  constructor({ pulse, pulseClock }, onChange) {
    Object.assign(this, { url: pulse, onChange, known: Number(pulseClock), asked: performance.now() });
  }

  async beat() {
    try {
      const response = await fetch(this.url, { cache: "no-store", redirect: "error", priority: "low" });
      if (!response.ok) throw new Error(String(response.status));
      this.hear((await response.json()).clock);
    } catch {
      if (performance.now() - this.asked > SILENT) this.ask();
    }
    setTimeout(() => this.beat(), between(...EVERY));
  }

  hear(clock) {
    if (clock !== this.known) setTimeout(() => this.ask(), between(0, SPREAD));
    this.known = clock;
  }

  ask() {
    this.asked = performance.now();
    this.onChange();
  }
}
