// Tells the server what goes wrong in the scripts and islands of a page of the portal, so that whoever runs the site sees it in its log.
// Nothing is told of who looks at the page, and public pages do not load this.

/** The most that one page tells: what goes wrong again and again is known by then. */
const MOST = 5;
/** The longest words that are told; the server takes no more. */
const LONGEST = 500;

const told = new Set();

/** The script of ours that an address or the trace of an error names, and its line. */
function place(text) {
  const [, script = "", line = "0"] = /\/(?:assets|pkg)\/([\w.-]+)(?::(\d+))?/.exec(text ?? "") ?? [];
  return { script, line: Number(line) };
}

function tell(message, { script, line }) {
  const fault = JSON.stringify({ message: message.slice(0, LONGEST), script, line, page: location.pathname });
  if (told.has(fault) || told.size >= MOST) return;
  told.add(fault);
  // Whether it arrives changes nothing for whoever looks at the page.
  fetch("/admin/script-faults", { method: "POST", headers: { "content-type": "application/json" }, body: fault, keepalive: true }).catch(() => {});
}

addEventListener("error", (event) => {
  // What is not loaded, such as an image, is no fault of a script, and what browsers add to pages by themselves is none of ours.
  if (!(event instanceof ErrorEvent)) return;
  const at = place(`${event.filename}:${event.lineno}`);
  const found = at.script === "" ? place(event.error?.stack) : at;
  if (found.script !== "") tell(event.message, found);
});

addEventListener("unhandledrejection", ({ reason }) => {
  const found = place(reason?.stack);
  if (found.script !== "") tell(String(reason), found);
});
