// Keeps what is typed in the portal: drafts in this browser, a word before leaving, and a warning before the session ends.

const DRAFT = "draft:";
const SEEN = "session-seen";
/** How long before the end of a session it is told, in milliseconds. */
const AHEAD = 120_000;

const main = document.getElementById("main");
const forms = [...(main?.querySelectorAll('form[method="post"]') ?? [])].filter((form) => typed(form).length > 0);

/** The fields of a form that somebody types or chooses in; secrets and files are not kept. */
function typed(form) {
  const left = ["hidden", "password", "file", "submit", "button"];
  return [...form.elements].filter((field) => field.name && field.matches("input, textarea, select") && !left.includes(field.type));
}

/** What stands in a form, by the place of each field. */
function values(form) {
  return typed(form).map((field) => (field.matches("[type=checkbox], [type=radio]") ? field.checked : field.value));
}

/** Under which name a form's draft is kept: the page, where it posts to, and what it is about. */
function key(form) {
  const about = [...form.querySelectorAll("input[type=hidden]")].filter((field) => field.name !== "revision");
  return `${DRAFT}${location.pathname} ${form.getAttribute("action")} ${about.map((field) => field.value).join(" ")}`;
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

function drafts() {
  return Object.keys(localStorage).filter((name) => name.startsWith(DRAFT));
}

function button(words, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "link-button";
  made.textContent = words;
  made.addEventListener("click", act);
  return made;
}

/** Offers the draft of an earlier visit where it is not what stands in the form. */
function offer(form) {
  const draft = stored(key(form));
  const now = values(form);
  if (draft === null || draft.values.length !== now.length) return;
  if (JSON.stringify(draft.values) === JSON.stringify(now)) return;
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
    changed.add(form);
    box.remove();
    typed(form)[0]?.focus();
  });
  const forget = button("Forget it", () => {
    localStorage.removeItem(key(form));
    box.remove();
  });
  box.append(words, take, forget);
  const around = form.closest("details");
  if (around) around.open = true;
  form.prepend(box);
}

const changed = new Set();
let leaving = false;

// What was sent and done is no draft any more; what was refused or met the end of the session is.
const done = document.querySelector(".banner--success[role=status]") !== null;
for (const name of drafts()) {
  if (done && stored(name)?.sent) localStorage.removeItem(name);
}

for (const form of forms) {
  const before = JSON.stringify(values(form));
  offer(form);
  form.addEventListener("input", () => {
    if (JSON.stringify(values(form)) === before) {
      changed.delete(form);
      localStorage.removeItem(key(form));
      return;
    }
    changed.add(form);
    keep(key(form), { at: Date.now(), values: values(form), sent: false });
  });
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    leaving = true;
    if (changed.has(form)) keep(key(form), { at: Date.now(), values: values(form), sent: true });
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
    for (const name of [...drafts(), SEEN]) localStorage.removeItem(name);
  });
}

/** How long a session lasts without a sign of life, in milliseconds. */
const idle = Number(main?.dataset.session ?? 0) * 1000;

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
  document.body.append(made);
  return { made, title, words, actions };
}

const box = idle > 0 ? dialog() : null;

function show(title, words, ...actions) {
  if (box.title.textContent === title && box.made.open) return;
  box.title.textContent = title;
  box.words.textContent = words;
  box.actions.replaceChildren(...actions);
  if (!box.made.open) box.made.showModal();
}

function close() {
  if (box.made.open) box.made.close();
}

/** Asks for a small page, which is a sign of life, and tells whether the session is still there. */
async function stay() {
  const answer = await fetch("/account", { method: "HEAD", redirect: "manual" }).catch(() => null);
  if (answer?.ok) {
    keep(SEEN, Date.now());
    close();
    return;
  }
  if (answer !== null) ended();
}

function ended() {
  const link = document.createElement("a");
  link.className = "button";
  link.target = "_blank";
  link.href = "/account/sign-in?next=/account";
  link.textContent = "Sign in in a new tab";
  const words = "What you typed stays on this page. Sign in again, come back to it and go on.";
  show("Your session has ended", words, link, button("I have signed in", stay));
}

if (box !== null) {
  keep(SEEN, Date.now());
  document.addEventListener("session-ended", () => {
    keep(SEEN, 0);
    ended();
  });
  setInterval(() => {
    // Another tab's sign of life counts for this one.
    const left = (stored(SEEN) ?? 0) + idle - Date.now();
    if (left <= 0) ended();
    else if (left <= Math.min(AHEAD, idle / 2)) {
      const stays = button("Stay signed in", stay);
      stays.className = "button";
      show("Your session ends soon", "It ends in about two minutes unless you stay. What you typed is kept.", stays);
    } else close();
  }, 5_000);
}
