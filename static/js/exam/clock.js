// The time left by the server's clock. performance.now() carries it between answers of the server, so that a
// change of the computer's own clock moves nothing; each answer that names the hour sets it again.

const MINUTE = 60_000;
const SPEAKS_AT = [30 * MINUTE, 10 * MINUTE, MINUTE];
const NOTICE_FOR = 20_000;
const MOVED = 1000; // a deadline that differs by less is the same

export function written(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

const counted = (number, thing) => `${number} ${thing}${number === 1 ? "" : "s"}`;

export function words(milliseconds) {
  const minutes = Math.round(milliseconds / MINUTE);
  if (minutes < 1) return counted(Math.round(milliseconds / 1000), "second");
  if (minutes < 60) return counted(minutes, "minute");
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return `${counted(hours, "hour")}${rest ? ` ${counted(rest, "minute")}` : ""}`;
}

// As quizzes.templatetags.quiz_text.minutes_in_words writes it on the server.
function short(milliseconds) {
  const seconds = Math.round(milliseconds / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  if (hours) return minutes ? `${hours} h ${String(minutes).padStart(2, "0")}` : `${hours} h`;
  return seconds % 60 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`;
}

// What the clock says is spoken by `live` and stands in `notice`, in the bar, for a while: seen, and covering nothing.
export function announcer(live, notice) {
  let timer = 0;
  return (text) => {
    live.textContent = text;
    notice.textContent = text;
    notice.hidden = false;
    clearTimeout(timer);
    timer = setTimeout(() => {
      notice.hidden = true;
    }, NOTICE_FOR);
  };
}

export class Clock {
  // element: the clock in the bar; announce(words): spoken and shown; onEnd(): at the deadline; onMore(): it was
  // moved after that.
  constructor({ element, announce, onEnd, onMore = () => {}, started, deadline, now }) {
    Object.assign(this, { element, announce, onEnd, onMore });
    this.started = Date.parse(started);
    this.ended = false;
    this.take(now, Date.parse(deadline), performance.getEntriesByType("navigation")[0].responseStart);
    this.before = this.left();
  }

  // at: when `now` arrived. What the page itself says has waited for its scripts since.
  take(now, deadline, at = performance.now()) {
    this.deadline = deadline;
    this.offset = Date.parse(now) - at;
    this.total = deadline - this.started;
    const long = this.total >= 60 * MINUTE;
    [this.low, this.last] = long ? [10 * MINUTE, MINUTE] : [5 * MINUTE, MINUTE];
    this.speaksAt = SPEAKS_AT.filter((at) => at < this.total);
  }

  set({ server_now: now, deadline_at: deadline }) {
    if (!now || !deadline) return;
    const moved = Date.parse(deadline) - this.deadline;
    this.take(now, Date.parse(deadline));
    if (Math.abs(moved) >= MOVED) this.move(moved);
  }

  move(moved) {
    const left = this.left();
    this.before = left;
    this.element.querySelector("[data-given]")?.replaceChildren(short(this.total));
    if (left <= 0) return;
    const change = moved > 0 ? `${words(moved)} ${/^1 \w+$/.test(words(moved)) ? "was" : "were"} added.` : "The end was moved.";
    this.announce(`${change} You have ${words(left)} left.`);
    if (!this.ended) return;
    this.ended = false;
    this.start();
    this.onMore();
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
    const crossed = this.speaksAt.filter((at) => this.before > at && left <= at);
    if (crossed.length && left > 0) this.announce(`${words(Math.min(...crossed))} left.`);
    this.before = left;
    if (left <= 0 && !this.ended) {
      this.ended = true;
      clearInterval(this.timer);
      this.onEnd();
    }
  }
}
