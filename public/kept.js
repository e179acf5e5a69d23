// What the desk's scripts keep in this browser.

/** What the names of drafts begin with. */
export const DRAFT = "draft:";
/** When somebody at this browser last gave a sign of life, and when the session ends however much it is used. */
export const SEEN = "session-seen";
export const OVER = "session-over";

/** What is kept under a name; nothing where it cannot be read. */
export function stored(name) {
  try {
    return JSON.parse(localStorage.getItem(name) ?? "null");
  } catch {
    return null;
  }
}

/** Keeps something under a name, or nothing any more. */
export function keep(name, value) {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // A browser that keeps nothing still has the form.
  }
}

/** The names that begin with these letters. */
export function names(of) {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(of));
  } catch {
    return [];
  }
}
