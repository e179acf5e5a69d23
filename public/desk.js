// Keeps what is typed in the portal: drafts in this browser, a word before leaving, and a warning before the session ends.

const DRAFT = "draft:";
/** What upload.js keeps of files that are being sent. */
const UPLOAD = "upload:";
const SEEN = "session-seen";
const OVER = "session-over";
/** How long before the end of a session that nobody uses it is told, in milliseconds. */
const AHEAD = 120_000;
/** The same for the end that comes however much a session is used. */
const FAR_AHEAD = 900_000;
/** How long a draft is kept that nobody comes back to. */
const PATIENCE = 7 * 86_400_000;
/** What a field is named or filled in by that opens something; the same words as on the server. */
const SECRET = /password|token|code|secret/;

const main = document.getElementById("main");
/** What the names of this person's drafts begin with; whoever else signs in at this browser is not shown them. */
const MINE = `${DRAFT}${main?.dataset.person ?? ""}:`;
const forms = [...(main?.querySelectorAll('form[method="post"]') ?? [])].filter((form) => typed(form).length > 0);

/** The fields of a form that somebody types or chooses in; secrets and files are not kept. */
function typed(form) {
  const left = ["hidden", "password", "file", "submit", "button"];
  const fields = [...form.elements].filter((field) => field.name && field.matches("input, textarea, select"));
  return fields.filter((field) => !left.includes(field.type) && !SECRET.test(`${field.name} ${field.autocomplete}`));
}

/** What stands in a form, by the place of each field. */
function values(form) {
  return typed(form).map((field) => (field.matches("[type=checkbox], [type=radio]") ? field.checked : field.value));
}

/** What stands in a form before anybody types, whatever was typed while this script was still on its way. */
function untouched(form) {
  return typed(form).map((field) => {
    const alone = document.createElement("form");
    const copy = alone.appendChild(field.cloneNode(true));
    alone.reset();
    return copy.matches("[type=checkbox], [type=radio]") ? copy.checked : copy.value;
  });
}

/** Under which name a form's draft is kept: the page, where it posts to, and what it is about. */
function key(form) {
  const about = [...form.querySelectorAll("input[type=hidden]")].filter((field) => field.name !== "revision");
  return `${MINE}${location.pathname} ${form.getAttribute("action")} ${about.map((field) => field.value).join(" ")}`;
}

function stored(name) {
  try {
    return JSON.parse(localStorage.getItem(name) ?? "null");
  } catch {
    return null;
  }
}

function keep(name, value) {
  try {
    localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // A browser that keeps nothing still has the form.
  }
}

function drafts(of) {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(of));
  } catch {
    return [];
  }
}

function button(words, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "link-button";
  made.textContent = words;
  made.addEventListener("click", act);
  return made;
}

/** Drafts that are offered and neither taken nor forgotten, by their forms; what is typed meanwhile does not take their place. */
const offered = new Map();

/** Offers a draft of an earlier visit. */
function offer(form, draft) {
  offered.set(form, draft);
  const box = document.createElement("div");
  box.className = "kept";
  box.setAttribute("role", "status");
  const when = new Date(draft.at).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
  const words = document.createElement("span");
  words.textContent = `Text of ${when} was not saved.`;
  const take = button("Take it back", () => {
    typed(form).forEach((field, i) => {
      if (field.matches("[type=checkbox], [type=radio]")) field.checked = draft.values[i];
      else field.value = draft.values[i];
    });
    offered.delete(form);
    typing(form);
    box.remove();
    typed(form)[0]?.focus();
  });
  const forget = button("Forget it", () => {
    offered.delete(form);
    box.remove();
    if (changed.has(form)) typing(form);
    else localStorage.removeItem(key(form));
    if (draft.older) offer(form, draft.older);
  });
  box.append(words, take, forget);
  const around = form.closest("details");
  if (around) around.open = true;
  form.prepend(box);
}

/** Keeps what stands in a form, with the draft that is still offered there. */
function typing(form) {
  changed.add(form);
  keep(key(form), { at: Date.now(), values: values(form), sent: false, older: offered.get(form) });
}

/** Keeps nothing of a form but what is still offered there. */
function untyped(form) {
  changed.delete(form);
  if (offered.has(form)) keep(key(form), offered.get(form));
  else localStorage.removeItem(key(form));
}

const changed = new Set();
let leaving = false;

// What was sent and done is no draft any more; what was refused or met the end of the session is.
const done = document.querySelector(".banner--success[role=status]") !== null;
for (const name of drafts(MINE)) {
  const draft = stored(name);
  if (!done || !draft?.sent) continue;
  if (draft.older) keep(name, draft.older);
  else localStorage.removeItem(name);
}
// Nobody waits for what is old, whoever typed it.
for (const name of drafts(DRAFT)) {
  if (!((stored(name)?.at ?? 0) > Date.now() - PATIENCE)) localStorage.removeItem(name);
}

const refused = main?.querySelector(".error-summary") !== null;
for (const form of forms) {
  let before = JSON.stringify(untouched(form));
  const draft = stored(key(form));
  if (draft !== null && JSON.stringify(draft.values) === before) {
    // What was sent and came back is typed, not saved; otherwise the draft is what the form says anyway.
    if (refused && draft.sent) {
      changed.add(form);
      before = null;
    } else localStorage.removeItem(key(form));
  } else if (draft !== null && draft.values.length === values(form).length) offer(form, draft);
  if (before !== null && JSON.stringify(values(form)) !== before) typing(form);
  form.addEventListener("input", () => {
    if (JSON.stringify(values(form)) !== before) typing(form);
    else untyped(form);
  });
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    leaving = true;
    if (changed.has(form)) keep(key(form), { at: Date.now(), values: values(form), sent: true, older: offered.get(form) });
  });
}

addEventListener("beforeunload", (event) => {
  if (!leaving && changed.size > 0) event.preventDefault();
});

// Drafts are offered on the page that follows, so nobody need be asked.
document.addEventListener("leaves-with-drafts", () => {
  leaving = true;
});

for (const form of document.querySelectorAll('form[action="/rpc/account/sign-out"]')) {
  form.addEventListener("submit", () => {
    leaving = true;
    for (const name of [...drafts(DRAFT), ...drafts(UPLOAD), SEEN, OVER]) localStorage.removeItem(name);
  });
}

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

// Whoever waits for the page knows by this that it listens.
document.documentElement.dataset.desk = "listens";
