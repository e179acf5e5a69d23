// Keeps what is typed in the portal: drafts in this browser, a word before leaving, and nothing sent twice.

import { fit, giveBack, page, shows, state, subject, typed } from "./drafts.js";
import { DRAFT, OVER, SEEN, keep, names, stored } from "./kept.js";
import { button, span } from "./parts.js";
import "./session.js";
import "./show-password.js";

/** What the names of drafts begin with that tell their fields and what stood in them; an earlier version kept others, of which nothing can be given back rightly. */
const NAMED = `${DRAFT}by-name:`;
/** What upload.js keeps of files that are being sent. */
const UPLOAD = "upload:";
/** How long a draft is kept that nobody comes back to. */
const PATIENCE = 7 * 86_400_000;

const main = document.getElementById("main");
/** What the names of this person's drafts begin with; whoever else signs in at this browser is not shown them. */
const MINE = `${NAMED}${main?.dataset.person ?? ""}:`;
/** The forms in which something is written; of those that only ask for another page, the ones that say so. */
const WRITTEN = 'form[method="post"], form[data-draft]';
/** The forms of a part of the page in which something is typed or chosen. */
const formsOf = (part) => [...(part?.querySelectorAll(WRITTEN) ?? [])].filter((form) => typed(form).length > 0);

/** The drafts kept under a name, the newest first. */
function listed(name) {
  const list = stored(name);
  return Array.isArray(list) ? list : [];
}

function keepDrafts(name, list) {
  keep(name, list.length > 0 ? list : null);
}

/** Offers a draft of an earlier visit. */
function offer(form, draft, found, take, forget) {
  const box = document.createElement("div");
  box.className = "kept";
  box.setAttribute("role", "status");
  const when = new Date(draft.at).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
  box.append(span(`Text of ${when} was not saved.`));
  if (found.lost.length > 0) box.append(span(`There is no place here any more for: ${found.lost.join("; ")}`));
  const closing = (act) => () => {
    box.remove();
    act();
  };
  if (found.open.length > 0) box.append(button("Take it back", closing(take)));
  box.append(button("Forget it", closing(forget)));
  const around = form.closest("details");
  if (around) around.open = true;
  form.prepend(box);
}

/** The forms in which something is typed that is not saved. */
const changed = new Set();
/** What notes how a form stands, by the form; one that was drawn anew is forgotten with the page's old part. */
const notes = new WeakMap();
/** The forms that were sent and not answered yet. */
const sent = new Set();
let leaving = false;

// What was sent and done is no draft any more; what was refused or met the end of the session is.
const done = document.querySelector(".banner--success[role=status]") !== null;
for (const name of names(DRAFT)) {
  const isDone = (draft) => done && draft.sent && name.startsWith(MINE);
  // Nobody waits for what is old, whoever typed it.
  const wanted = (draft) => draft.at > Date.now() - PATIENCE && !isDone(draft);
  keepDrafts(name, name.startsWith(NAMED) ? listed(name).filter(wanted) : []);
}

const refused = main?.querySelector(".error-summary") !== null;

/** Offers what was typed in a form before, and keeps what is typed there now: the fields that say something else than stood there. */
function attend(form) {
  // The page, where the form posts to, and what it is about.
  const name = `${MINE}${location.pathname} ${form.getAttribute("action")} ${subject(form)}`;
  const here = page(form);
  const all = listed(name);
  // What was sent and came back is typed, not saved.
  const cameBack = (draft) => refused && draft?.sent && shows(form, here.base, draft.now);
  const back = cameBack(all[0]) ? all.shift() : null;
  for (const field of Object.keys(back?.now ?? {})) here.base[field] = back.base[field];
  /** Drafts that are neither taken nor forgotten; what is typed meanwhile does not take their place. */
  let aside = all.map((draft, at) => ({ ...draft, sent: false, refused: refused && at === 0 && draft.sent }));

  const note = (isSent = false) => {
    const now = Object.fromEntries(Object.entries(state(form)).filter(([field, said]) => said !== here.base[field]));
    const isTyped = Object.keys(now).length > 0;
    // What came back too late is still of the revision that it was typed to, until it is saved.
    const revision = back?.revision ?? here.revision;
    if (isTyped) changed.add(form);
    else changed.delete(form);
    // What was refused and is sent once more, mended, is done with that.
    const others = isSent ? aside.map((draft) => ({ ...draft, sent: draft.refused })) : aside;
    keepDrafts(name, isTyped ? [{ at: Date.now(), sent: isSent, ...here, revision, now }, ...others] : others);
  };
  const look = () => {
    for (const draft of aside) {
      const found = fit(form, draft, here);
      // Some browsers fill in by themselves what was typed before a page was loaded again.
      found.stands.filter((one) => one.theirs !== null).forEach(giveBack);
      if (found.open.length + found.lost.length > 0) return offer(form, draft, found, () => take(found), () => forget(draft));
      // What the form says anyway is no draft; what belongs to another page of a list waits for that one.
      if (Object.keys(found.away).length === 0) aside = aside.filter((one) => one !== draft);
    }
  };
  const take = (found) => {
    found.open.forEach(giveBack);
    // Older drafts of the same fields are given up by that.
    aside = aside.map((draft) => ({ ...draft, now: fit(form, draft, here).away })).filter(({ now }) => Object.keys(now).length > 0);
    look();
    note();
    found.open[0].there[0].focus();
  };
  const forget = (draft) => {
    aside = aside.filter((one) => one !== draft);
    look();
    note();
  };
  look();
  note();
  notes.set(form, note);
}

formsOf(main).forEach(attend);
// What the server drew anew stands in the place of what was there.
document.addEventListener("drawn-anew", ({ target }) => formsOf(target).forEach(attend));

// A box may belong to a form that it does not stand in.
main?.addEventListener("input", ({ target }) => notes.get(target.form ?? target)?.());

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.matches(WRITTEN)) return;
  // Who presses twice means it once.
  if (sent.has(form)) return event.preventDefault();
  sent.add(form);
  // Whoever stopped waiting for a slow answer may send it again.
  setTimeout(() => sent.delete(form), 60_000);
  const note = notes.get(form);
  if (note === undefined) return;
  leaving = true;
  note(true);
});

/** The page is there to stay for now: what was sent from it may be sent again. */
function stays() {
  sent.clear();
  leaving = false;
}

addEventListener("pageshow", (event) => {
  if (event.persisted) stays();
});

// Who stops a page from loading stays, too.
addEventListener("keydown", (event) => {
  if (event.key === "Escape") stays();
});

addEventListener("beforeunload", (event) => {
  if (!leaving && changed.size > 0) event.preventDefault();
  // Whoever is asked may stay; upload.js asks, too.
  if (event.defaultPrevented) stays();
});

// Drafts are offered on the page that follows, so nobody need be asked.
document.addEventListener("leaves-with-drafts", () => {
  leaving = true;
});

for (const form of document.querySelectorAll('form[action="/rpc/account/sign-out"]')) {
  form.addEventListener("submit", () => {
    leaving = true;
    for (const name of [...names(DRAFT), ...names(UPLOAD), SEEN, OVER]) keep(name, null);
  });
}

// Whoever waits for the page knows by this that it listens.
document.documentElement.dataset.desk = "listens";
