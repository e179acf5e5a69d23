// Keeps an open page of the portal up to date: who else has the same thing open, what happened to it, what waits.
// One stream of events while the page is looked at; where there is none, a question every twenty seconds.

import { isTyped } from "./redraw.js";

/** How often is asked where no events are to be had, in milliseconds. */
const AGAIN = 20_000;
/** After how many questions a stream is tried once more. */
const TRIES = 6;
/** How long a connection may be lost before that is said, in milliseconds. */
const GRACE = 5_000;
/** How often it is told that somebody is typing, in milliseconds. */
const TYPED = 60_000;
/** For how long it stands over the page who else is there, in milliseconds; then its mark is left in the corner. */
const FOLDS = 10_000;
/** Fields in which something is said of a thing without editing it. */
const REMARKS = /^(text|reason|release_reason|release_reason_cy|confirmation)$/;

const bar = document.getElementById("live");
const main = document.getElementById("main");
const [said, changed, others, lost] = ["said", "changed", "others", "lost"].map((part) => document.getElementById(`live-${part}`));
/** The part of the page that follows a publication, while it does: it is drawn anew and holds a stream for that, so that here only questions are left. */
const following = () => document.querySelector("#publication[data-follows]");

let mark = bar?.dataset.mark ?? "";
let source = null;
let timer = 0;
let grace = 0;
let folding = 0;
let lostAt = null;
let typed = -TYPED;
let ended = false;
let gone = false;

function address(more) {
  return `/admin/events?${new URLSearchParams({ at: bar.dataset.at, since: mark, ...more })}`;
}

/** Says something in its line, and to those who listen; the focus stays where it is. */
function say(line, words, ...more) {
  line.replaceChildren(words, ...more);
  line.hidden = words === "";
  if (words !== "") said.textContent = words;
}

function link(words, href) {
  const made = document.createElement("a");
  made.textContent = words;
  made.href = href;
  return made;
}

/** A link that loads the page again; what was typed is kept as a draft and offered there. */
function again(words) {
  const made = link(words, location.href);
  made.addEventListener("click", (event) => {
    event.preventDefault();
    document.dispatchEvent(new Event("leaves-with-drafts"));
    location.reload();
  });
  return made;
}

/** Lets what is said of others stand for a while, and folds it then, so that it lies over nothing that somebody reads. */
function unfold() {
  clearTimeout(folding);
  delete others.dataset.folded;
  others.removeAttribute("tabindex");
  folding = setTimeout(() => {
    others.dataset.folded = "yes";
    others.tabIndex = 0;
  }, FOLDS);
}

const told = {
  others({ words }) {
    if (others.textContent === words) return;
    say(others, words);
    unfold();
  },
  changed({ words, history, mark: newest, own }) {
    // A stream that comes back may tell once more what it told before.
    if (newest === mark) return;
    // What is drawn anew shows it, unless somebody types there.
    const shown = following();
    if (shown !== null && !isTyped(shown)) {
      document.dispatchEvent(new Event("bundle-changed"));
      return;
    }
    mark = newest;
    // Files that are being sent from this page change it themselves, and it is loaded again after the last of them.
    if (own && document.querySelector("form[data-sending]") !== null) return;
    const what = link("Show what changed", history);
    what.target = "_blank";
    what.append(" (opens in a new tab)");
    say(changed, words, " ", what, " ", again("Load the page again, keeping what you typed"));
  },
  counts(counts) {
    for (const [name, number] of Object.entries(counts)) {
      for (const place of document.querySelectorAll(`[data-count="${name}"]`)) place.textContent = number || "";
    }
  },
  drawn({ mark: newest }) {
    document.dispatchEvent(new CustomEvent("drawn-changed", { detail: newest }));
  },
  "signed-out"() {
    stop();
    if (!ended) document.dispatchEvent(new Event("session-ended"));
    ended = true;
    timer = setTimeout(ask, AGAIN);
  },
  gone() {
    stop();
    gone = true;
    say(others, "");
    say(lost, "This is no longer here, or your rights no longer reach it.");
  },
};

/** The connection is there. */
function up() {
  clearTimeout(grace);
  grace = 0;
  lostAt = null;
  lost.hidden = true;
}

/** The connection is lost; a short gap is nobody's business. */
function down() {
  lostAt ??= new Date();
  if (grace) return;
  grace = setTimeout(() => {
    const since = lostAt.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
    say(others, "");
    say(lost, `Not live since ${since}. `, again("Reload"));
  }, GRACE);
}

/** Lets go of the stream and of what would be asked next. */
function stop() {
  source?.close();
  source = null;
  clearTimeout(timer);
}

function hear() {
  source = new EventSource(address());
  source.addEventListener("open", up);
  for (const [name, tell] of Object.entries(told)) {
    source.addEventListener(name, (event) => tell(JSON.parse(event.data)));
  }
  source.addEventListener("error", () => {
    // Otherwise the browser comes back by itself.
    if (source?.readyState !== EventSource.CLOSED) return down();
    stop();
    ask(0);
  });
}

/** Asks once, and then again and again; `asked` counts the questions since a stream was tried. */
async function ask(asked = 0, more = {}) {
  const answer = await fetch(address(more), { headers: { accept: "application/json" } }).catch(() => null);
  const now = answer?.ok ? await answer.json().catch(() => null) : null;
  if (document.hidden || gone) return;
  if (answer?.status === 401) return told["signed-out"]();
  if (answer?.status === 404) return told.gone();
  // While a stream is open, it alone tells whether the connection is there.
  if (now === null) {
    if (source === null) down();
  } else {
    up();
    if (ended) {
      ended = false;
      return begin();
    }
    if (now.others) told.others(now.others);
    if (now.changed) told.changed(now.changed);
    if (now.drawn) told.drawn(now.drawn);
    told.counts(now.counts);
  }
  if (source !== null) return;
  clearTimeout(timer);
  const tries = following() === null && asked + 1 >= TRIES;
  timer = setTimeout(() => (tries ? begin() : ask(asked + 1)), AGAIN);
}

/** Begins to listen, where somebody looks: browsers allow few streams at once, and a page in the background needs none. */
function begin() {
  stop();
  if (document.hidden || gone) return;
  if (following() !== null || ended || !("EventSource" in window)) ask();
  else hear();
}

if (bar !== null) {
  if (!others.hidden) unfold();
  begin();
  // What the server drew anew shows everything up to there.
  document.addEventListener("drawn-anew", ({ detail }) => {
    mark = detail.mark;
    say(changed, "");
  });
  document.addEventListener("visibilitychange", begin);
  addEventListener("pagehide", stop);
  addEventListener("pageshow", (event) => {
    if (event.persisted) begin();
  });
  main?.addEventListener("input", (event) => {
    const form = event.target.closest('form[method="post"]');
    if (form === null || REMARKS.test(event.target.name) || performance.now() - typed < TYPED) return;
    typed = performance.now();
    ask(0, { typing: "yes" });
  });
}
