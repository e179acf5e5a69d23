// Buttons that show what is typed as a password; without scripts there are none, and the fields stay as they are.

import { button, span } from "./parts.js";

/** Says it aloud, also where the same was said before. */
function say(status, words) {
  status.textContent = "";
  requestAnimationFrame(() => (status.textContent = words));
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
  // While it is shown browsers would take it for words, and send some of them to those who check spelling.
  field.spellcheck = false;
  field.autocapitalize = "none";
  field.setAttribute("autocorrect", "off");
  // Nobody who comes by later finds it on the screen, and browsers keep it as what it is.
  field.form?.addEventListener("submit", () => turn(false));
  addEventListener("pagehide", () => turn(false));
}

document.querySelectorAll("input[type=password]").forEach(arm);
