// Draws a part of a page anew, the publish queue or how the program stands: when live.js hears that something in it has changed, and as
// often as its words of time change; never while somebody types in it. What comes in lines that somebody reads can be paused.

import { button, span } from "./parts.js";
import { asked, isTyped, redraw } from "./redraw.js";

const region = () => document.querySelector(".drawn[data-again]");

let looks = 0;
let timer = 0;
let paused = false;

/** Looks again once what the page says is true no longer. */
function wait() {
  clearTimeout(timer);
  if (!paused) timer = setTimeout(look, Number(region().dataset.again));
}

async function look() {
  const ticket = ++looks;
  // In the background nobody reads it; who comes back is shown it anew.
  if (document.hidden || paused) return;
  if (isTyped(region())) return wait();
  const answer = await asked();
  // Whoever may not see it any longer does not ask again.
  if (answer?.status === 403) return;
  const text = answer?.ok ? await answer.text().catch(() => null) : null;
  if (ticket !== looks || paused) return;
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

/** The way to pause a part; it stands before it, and so is not drawn anew. */
function pausing(part) {
  const words = span("New lines come by themselves.");
  const pause = button("Pause", () => {
    paused = !paused;
    words.textContent = paused ? "No new lines come." : "New lines come by themselves.";
    pause.textContent = paused ? "Go on" : "Pause";
    if (!paused) look();
  });
  const line = document.createElement("p");
  line.className = "cluster small";
  line.append(words, pause);
  part.before(line);
}

if (region() !== null) {
  if (region().dataset.pause !== undefined) pausing(region());
  wait();
  document.addEventListener("drawn-changed", ({ detail: mark }) => {
    if (mark !== region().dataset.mark) look();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) look();
  });
}
