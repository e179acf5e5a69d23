// Follows a publication: at each of its events, and at whatever else happens to the bundle, the server draws the page's region anew, and
// what changed is said.

import { asked, isTyped, redraw } from "./redraw.js";

/** How long to wait between two looks where no events are to be had, in milliseconds. */
const AGAIN = 5000;

let looks = 0;

/** Puts the newest region into the page if there is something new; whether it goes on. */
async function look() {
  const ticket = ++looks;
  const answer = await asked();
  const text = await answer?.text().catch(() => null);
  // A connection that was lost may come back, and what a later request brings is newer.
  if (text == null || ticket !== looks || answer.status >= 500 || answer.status === 429) return true;
  const fetched = new DOMParser().parseFromString(text, "text/html");
  const [old, fresh] = [document, fetched].map((page) => page.getElementById("publication"));
  if (old === null || fresh === null) return false;
  if (old.dataset.mark !== fresh.dataset.mark) {
    // Nothing that somebody types is taken away; live.js says meanwhile that there is something new.
    if (isTyped(old)) return true;
    redraw(old, fetched);
    document.getElementById("publication-said").textContent = fresh.dataset.said;
  }
  return "follows" in fresh.dataset;
}

function poll() {
  setTimeout(async () => {
    if (await look()) poll();
  }, AGAIN);
}

const region = document.getElementById("publication");
if (region !== null && "follows" in region.dataset) {
  // What others say of it is no event of the publication; live.js hears of that.
  document.addEventListener("bundle-changed", look);
  const events = new EventSource(`/v1/bundles/${region.dataset.bundle}/events`);
  events.addEventListener("status", look);
  events.addEventListener("end", async () => {
    events.close();
    if (await look()) poll();
  });
  events.addEventListener("error", () => {
    // Otherwise the browser comes back by itself.
    if (events.readyState === EventSource.CLOSED) poll();
  });
}
