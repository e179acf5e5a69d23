// The page of a selection's files looks by itself how far they are, until they are there or cannot be made.

/** How long between two looks, in milliseconds, and how long where the server cannot be reached. */
const SOON = 3_000;
const LATER = 15_000;

const region = () => document.getElementById("output");

/** Puts what is new into the page; how long to wait for the next look, or nothing where it was the last. */
async function look() {
  const answer = await fetch(location.href, { cache: "no-cache" }).catch(() => null);
  if (answer?.status === 404) return null;
  const text = answer?.ok ? await answer.text().catch(() => null) : null;
  if (text === null) return LATER;
  const fresh = new DOMParser().parseFromString(text, "text/html").getElementById("output");
  if (fresh === null) return null;
  const said = fresh.dataset.said;
  const ended = fresh.dataset.open !== "true";
  if (region().dataset.said !== said) {
    region().replaceWith(fresh);
    // The end alone is said aloud: how far it is changes too often.
    if (ended) document.getElementById("output-said").textContent = said;
  }
  return ended ? null : SOON;
}

function wait(pause) {
  setTimeout(async () => {
    const next = await look();
    if (next !== null) wait(next);
  }, pause);
}

wait(SOON);
