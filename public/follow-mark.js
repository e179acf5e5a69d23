// Draws a part of a page anew, the publish queue or how the program stands: when live.js hears that something in it has changed, and as
// often as its words of time change; never while somebody types in it.

import { asked, isTyped, redraw } from "./redraw.js";

const region = () => document.querySelector(".drawn[data-again]");

let looks = 0;
let timer = 0;

/** Looks again once what the page says is true no longer. */
function wait() {
  clearTimeout(timer);
  timer = setTimeout(look, Number(region().dataset.again));
}

async function look() {
  const ticket = ++looks;
  // In the background nobody reads it; who comes back is shown it anew.
  if (document.hidden) return;
  if (isTyped(region())) return wait();
  const answer = await asked();
  const text = answer?.ok ? await answer.text().catch(() => null) : null;
  if (ticket !== looks) return;
  const fetched = new DOMParser().parseFromString(text ?? "", "text/html");
  const fresh = fetched.getElementById(region().id);
  // What somebody began to type meanwhile stays, too.
  if (fresh !== null && !isTyped(region())) {
    const changed = region().dataset.said !== fresh.dataset.said;
    redraw(region(), fetched);
    // How the time goes is not said aloud.
    if (changed) document.getElementById(`${fresh.id}-said`).textContent = fresh.dataset.said;
  }
  wait();
}

if (region() !== null) {
  wait();
  document.addEventListener("drawn-changed", ({ detail: mark }) => {
    if (mark !== region().dataset.mark) look();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) look();
  });
}
