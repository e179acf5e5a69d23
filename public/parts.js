// Small elements that the desk's scripts make.

/** A button that looks like a link. */
export function button(words, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "link-button";
  made.textContent = words;
  made.addEventListener("click", act);
  return made;
}

/** Words with a class of their own. */
export function span(words, className = "") {
  const made = document.createElement("span");
  made.className = className;
  made.textContent = words;
  return made;
}
