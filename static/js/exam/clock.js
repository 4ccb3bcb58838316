// The time left by the server's clock. performance.now() carries it between answers of the server, so that a
// change of the computer's own clock moves nothing; each answer that names the hour sets it again.

const MINUTE = 60_000;

export function written(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

function words(milliseconds) {
  const minutes = Math.round(milliseconds / MINUTE);
  if (minutes < 1) return `${Math.round(milliseconds / 1000)} seconds`;
  if (minutes < 60) return minutes === 1 ? "1 minute" : `${minutes} minutes`;
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return `${hours} ${hours === 1 ? "hour" : "hours"}${rest ? ` ${rest} minutes` : ""}`;
}

export class Clock {
  // element: the clock in the bar; announce(words): spoken; onEnd(): called once, at the deadline.
  constructor({ element, announce, onEnd, started, deadline, now }) {
    this.element = element;
    this.announce = announce;
    this.onEnd = onEnd;
    this.total = Date.parse(deadline) - Date.parse(started);
    const long = this.total >= 60 * MINUTE;
    [this.low, this.last] = long ? [15 * MINUTE, 5 * MINUTE] : [5 * MINUTE, MINUTE];
    this.warnings = [this.total / 2, ...(long ? [15 * MINUTE] : []), 5 * MINUTE, MINUTE].filter((at) => at < this.total);
    this.ended = false;
    this.set({ server_now: now, deadline_at: deadline });
    this.before = this.left();
  }

  set({ server_now: now, deadline_at: deadline }) {
    if (!now || !deadline) return;
    this.deadline = Date.parse(deadline);
    this.offset = Date.parse(now) - performance.now();
  }

  left() {
    return this.deadline - (performance.now() + this.offset);
  }

  start() {
    this.show();
    this.timer = setInterval(() => this.show(), 250);
  }

  show() {
    const left = this.left();
    this.element.querySelector("b").textContent = written(left);
    this.element.classList.toggle("low", left <= this.low && left > this.last);
    this.element.classList.toggle("last", left <= this.last);
    const crossed = this.warnings.filter((at) => this.before > at && left <= at);
    if (crossed.length && left > 0) this.announce(`${words(Math.min(...crossed))} left.`);
    this.before = left;
    if (left <= 0 && !this.ended) {
      this.ended = true;
      clearInterval(this.timer);
      this.onEnd();
    }
  }
}
