// Warns before a session ends, and says how to go on once it has.

import { OVER, SEEN, keep, stored } from "./kept.js";
import { button } from "./parts.js";

/** How long before the end of a session that nobody uses it is told, in milliseconds. */
const AHEAD = 120_000;
/** The same for the end that comes however much a session is used. */
const FAR_AHEAD = 900_000;

const main = document.getElementById("main");
/** How long a session lasts without a sign of life, in milliseconds. */
const idle = Number(main?.dataset.session ?? 0) * 1000;
const SOON = "Your session ends soon";
const ENDED = "Your session has ended";

function dialog() {
  const made = document.createElement("dialog");
  made.className = "dialog";
  made.setAttribute("aria-labelledby", "session-title");
  const inner = document.createElement("div");
  inner.className = "dialog__inner";
  const title = document.createElement("h2");
  title.id = "session-title";
  const words = document.createElement("p");
  words.className = "dialog__body";
  const actions = document.createElement("div");
  actions.className = "button-group";
  inner.append(title, words, actions);
  made.append(inner);
  made.addEventListener("cancel", dismiss);
  document.body.append(made);
  const line = document.createElement("div");
  line.className = "kept";
  line.setAttribute("role", "status");
  return { made, title, words, actions, line };
}

const box = idle > 0 ? dialog() : null;
/** The titles that the person has closed: each is told once. */
const dismissed = new Set();

/** What was closed stays on the page as a line, with the same ways on. */
function dismiss() {
  dismissed.add(box.title.textContent);
  const words = document.createElement("span");
  words.textContent = `${box.title.textContent}. ${box.words.textContent}`;
  box.line.replaceChildren(words, ...box.actions.children);
  main.prepend(box.line);
}

function show(title, words, ...actions) {
  if (dismissed.has(title) || (box.made.open && box.title.textContent === title)) return;
  box.line.remove();
  box.title.textContent = title;
  box.words.textContent = words;
  box.actions.replaceChildren(...actions);
  if (!box.made.open) box.made.showModal();
}

function close() {
  for (const title of [SOON, ENDED]) dismissed.delete(title);
  box.line.remove();
  if (box.made.open) box.made.close();
}

/** Notes a sign of life, and for how many seconds the session can last at most from now on. */
function heard(left) {
  keep(SEEN, Date.now());
  if (left > 0) keep(OVER, Date.now() + left * 1000);
}

/** Asks for a small page, which is a sign of life, and hears from it who is signed in and for how long. */
async function stay() {
  const answer = await fetch("/account", { redirect: "manual", headers: { Accept: "*/*" } }).catch(() => null);
  if (answer?.type === "opaqueredirect" || answer?.status === 401) {
    dismissed.delete(ENDED);
    ended();
    return;
  }
  const page = answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  const there = page?.getElementById("main")?.dataset;
  // A server that is in trouble says nothing about the session.
  if (!there?.session) {
    const words = "Your session may well be there still. What you typed stays on this page; try again in a moment.";
    dismissed.delete("The server does not answer");
    show("The server does not answer", words, button("Try again", stay));
  } else if (there.person !== main.dataset.person) {
    const words = "This page was opened by another account. Sign in as the one before to send what is typed here.";
    show("Somebody else is signed in", words, signIn(), button("I have signed in", stay));
  } else {
    heard(Number(there.sessionLeft));
    close();
  }
}

function signIn() {
  const link = document.createElement("a");
  link.className = "button";
  link.target = "_blank";
  link.href = "/account/sign-in?next=/account";
  link.textContent = "Sign in in a new tab";
  return link;
}

function ended() {
  const words = "What you typed stays on this page. Sign in again, come back to it and go on.";
  show(ENDED, words, signIn(), button("I have signed in", stay));
}

function watch() {
  const now = Date.now();
  // Another tab's sign of life counts for this one.
  const quiet = (stored(SEEN) ?? 0) + idle - now;
  const longest = (stored(OVER) ?? Infinity) - now;
  if (Math.min(quiet, longest) <= 0) ended();
  else if (quiet < longest && quiet <= Math.min(AHEAD, idle / 2)) {
    const stays = button("Stay signed in", stay);
    stays.className = "button";
    show(SOON, "It ends in about two minutes unless you stay. What you typed is kept.", stays);
  } else if (longest <= FAR_AHEAD) {
    const clock = new Date(now + longest).toLocaleTimeString("en-GB", { timeStyle: "short" });
    const known = button("I know", () => {
      dismiss();
      box.made.close();
    });
    const words = "You signed in long ago, so it ends then whatever you do. Save before; what is still typed then stays on this page, and you can sign in again.";
    show(`Your session ends at ${clock}`, words, known);
  } else close();
}

if (box !== null) {
  document.addEventListener("session-ended", () => {
    keep(SEEN, 0);
    watch();
  });
  heard(Number(main.dataset.sessionLeft ?? 0));
  setInterval(watch, 5_000);
  watch();
}
