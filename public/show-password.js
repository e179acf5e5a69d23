// Buttons that show what is typed as a password, and how much is missing of one that is being chosen; without scripts there are
// none, and the fields stay as they are.

import { button, span } from "./parts.js";

/** Says it aloud, also where the same was said before. */
function say(status, words) {
  status.textContent = "";
  requestAnimationFrame(() => (status.textContent = words));
}

/** The shortest password that is taken. */
const LEAST = 14;
const ENOUGH = "Long enough. Whether it is easy to guess is looked at when you send it.";

/** A line that tells, as a password is chosen, how much of it is missing; aloud only once nothing is. */
function counts(field, status) {
  const told = document.createElement("p");
  told.className = "field__hint";
  told.hidden = true;
  let wasEnough = false;
  field.addEventListener("input", () => {
    const length = [...field.value].length;
    const missing = LEAST - length;
    const isEnough = missing <= 0;
    told.hidden = length === 0;
    if (isEnough) told.textContent = ENOUGH;
    else told.textContent = missing === 1 ? "1 more character is needed." : `${missing} more characters are needed.`;
    if (isEnough && !wasEnough) say(status, ENOUGH);
    wasEnough = isEnough;
  });
  return told;
}

function arm(field) {
  const label = field.labels?.[0]?.textContent.trim() ?? "";
  const turn = (isShown) => {
    field.type = isShown ? "text" : "password";
    shows.setAttribute("aria-pressed", String(isShown));
  };
  const shows = button("Show password", () => {
    const isShown = field.type === "password";
    turn(isShown);
    say(status, isShown ? "What you typed is shown." : "What you typed is hidden.");
  });
  shows.className = "field__reveal";
  // Of several on a page each says which field it is about.
  if (label !== "" && label !== "Password") shows.append(span(`: ${label}`, "visually-hidden"));
  shows.setAttribute("aria-pressed", "false");
  const status = span("", "visually-hidden");
  status.setAttribute("role", "status");
  field.after(shows, status);
  if (field.autocomplete === "new-password") shows.after(counts(field, status));
  // While it is shown browsers would take it for words, and send some of them to those who check spelling.
  field.spellcheck = false;
  field.autocapitalize = "none";
  field.setAttribute("autocorrect", "off");
  // Nobody who comes by later finds it on the screen, and browsers keep it as what it is.
  field.form?.addEventListener("submit", () => turn(false));
  addEventListener("pagehide", () => turn(false));
}

document.querySelectorAll("input[type=password]").forEach(arm);
