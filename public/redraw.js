// Puts a part of a page that the server drew anew in the place of the one that is shown: what has the focus, what is unfolded or folded
// and how far it is scrolled stay as they are.

import { page, state } from "./drafts.js";

/** Asks for the page as it is now; no person asks, so that no session lasts longer for it. */
export function asked() {
  return fetch(location.href, { headers: { "x-by-itself": "yes" } }).catch(() => null);
}

/** The details that the server drew unfolded. */
const unfolded = new WeakSet(document.querySelectorAll("details[open]"));

/**
 * Whether something stands in the forms of a part that is not saved: typed or chosen just now, come back as it was refused, or a draft
 * that is offered and neither taken back nor forgotten.
 */
export function isTyped(part) {
  if (document.querySelector(".error-summary") !== null || part.querySelector(".kept") !== null) return true;
  const forms = [...part.querySelectorAll('form[method="post"]')];
  return forms.some((form) => JSON.stringify(state(form)) !== JSON.stringify(page(form).base));
}

/** An element in the part that is drawn anew: by its id, or by what is written in it within the nearest thing that has one. */
function same(element, fresh) {
  const near = element.closest("[id]");
  const there = near.id === fresh.id ? fresh : fresh.querySelector(`#${CSS.escape(near.id)}`);
  if (there === null || near === element) return there;
  const alike = (root) => [...root.querySelectorAll(element.localName)].filter((other) => other.textContent === element.textContent);
  return alike(there)[alike(near).indexOf(element)] ?? null;
}

/** What an island is and what it was given, but for the time at which the server said it. */
function given(island) {
  const props = JSON.parse(island.dataset.props ?? "{}");
  return JSON.stringify([island.dataset.component, props], (name, value) => (name === "now" ? undefined : value));
}

/** Keeps the islands that go on by themselves, such as a countdown, and sets those going that are new: drawn anew, they would stand still. */
function keep(old, fresh) {
  const start = window.__hydrateIsland;
  // Where none goes yet, all that are in the page are set going once the module has come.
  if (start === undefined) return;
  const going = [...old.querySelectorAll("leptos-island")];
  for (const island of fresh.querySelectorAll("leptos-island")) {
    const at = going.findIndex((other) => given(other) === given(island));
    // One that cannot begin yet, as the module is still on its way, is found by it later.
    if (at < 0) start(island, island.dataset.component).catch(() => {});
    else island.replaceWith(...going.splice(at, 1));
  }
}

/** Puts the part as it stands in a page that was fetched into the place of the old one. */
export function redraw(old, fetched) {
  const fresh = fetched.getElementById(old.id);
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const focus = focused === null ? null : (same(focused, fresh) ?? fresh);
  for (const details of fresh.querySelectorAll("details[open]")) unfolded.add(details);
  for (const summary of old.querySelectorAll("details > summary")) {
    const [was, there] = [summary.parentElement, same(summary, fresh)?.parentElement];
    // What the server unfolds by now that it did not before is shown; what somebody folded stays so.
    if (there && (was.open || unfolded.has(was))) there.open = was.open;
  }
  const [left, top] = [scrollX, scrollY];
  const sideways = [...old.querySelectorAll(".table-scroll")].map((box) => box.scrollLeft);
  old.replaceWith(fresh);
  keep(old, fresh);
  for (const [at, box] of fresh.querySelectorAll(".table-scroll").entries()) box.scrollLeft = sideways[at] ?? 0;
  focus?.focus({ preventScroll: true });
  scrollTo({ left, top, behavior: "instant" });
  const mark = fetched.getElementById("live")?.dataset.mark ?? "";
  fresh.dispatchEvent(new CustomEvent("drawn-anew", { bubbles: true, detail: { mark } }));
}
