// Tells a page in view that the computer slept. Timers stood still meanwhile: the next step comes late. On some
// systems performance.now() stood still too, and the hour then went further than it did. (Out of view timers are slow
// as well; a page that comes into view asks by itself.)

const STEP = 1000;
const SLEPT = 3000;

export function onWake(call) {
  let [steady, hour] = [performance.now(), Date.now()];
  setInterval(() => {
    const passed = performance.now() - steady;
    const apart = Math.abs(Date.now() - hour - passed);
    [steady, hour] = [performance.now(), Date.now()];
    if (document.visibilityState === "visible" && (passed > SLEPT || apart > SLEPT)) call();
  }, STEP);
}
