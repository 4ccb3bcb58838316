// How long each item was on the screen while the page was in view, in whole seconds. A laptop that slept wakes up
// with one long step, which counts for nothing.

const STEP = 1000;
const LONGEST = 5000;

export class Watch {
  // before: by position, the seconds that the server knows of.
  constructor(before, current) {
    this.milliseconds = new Map([...before].map(([position, seconds]) => [position, seconds * 1000]));
    this.current = current;
    this.last = performance.now();
    this.stopped = false;
    setInterval(() => this.step(), STEP);
  }

  step() {
    const now = performance.now();
    const passed = now - this.last;
    this.last = now;
    if (this.stopped || document.visibilityState === "hidden" || passed > LONGEST) return;
    this.milliseconds.set(this.current, this.milliseconds.get(this.current) + passed);
  }

  show(position) {
    this.step();
    this.current = position;
  }

  seconds(position) {
    return Math.floor(this.milliseconds.get(position) / 1000);
  }

  // What this device kept of an earlier visit may know of more.
  atLeast(position, seconds = 0) {
    this.milliseconds.set(position, Math.max(this.milliseconds.get(position), seconds * 1000));
  }
}
