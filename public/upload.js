// Sends files in parts that go on after a cut or a reload (tus 1.0); without scripts the form sends them whole.

const BASE = "/v1/files/uploads";
/** How much one request carries. */
const PART = 8 * 1024 * 1024;
/** How often a part is tried again before the person is asked. */
const TRIES = 6;
/** What the names of this person's uploads begin with, in this browser's memory. */
const KEPT = `upload:${document.getElementById("main")?.dataset.person ?? ""}:`;
/** What the names of refusals begin with that the next page tells; this tab alone keeps them. */
const REFUSED = `${KEPT}refused:`;
/** How long to wait before asking again whether somebody has signed in again, in milliseconds. */
const SIGNED_IN = 5_000;

const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const headers = (more) => ({ "Tus-Resumable": "1.0.0", Accept: "application/json", ...more });

function base64(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

function place(form) {
  return ["dataset_id", "edition", "version"].map((name) => form.elements[name].value);
}

function nameOf(form, file) {
  return `${KEPT}${place(form).join("/")}/${file.name}/${file.size}/${file.lastModified}`;
}

/** What the server says is wrong, in its words. */
async function refusal(answer) {
  const body = await answer.json().catch(() => null);
  const fields = body?.error?.details?.fields?.map((field) => field.message) ?? [];
  const reasons = body?.error?.details?.reasons?.map((reason) => reason.message) ?? [];
  const said = [...new Set([...fields, ...reasons])];
  return said.length > 0 ? said.join(" ") : (body?.error?.message ?? "The file was not taken.");
}

class Refused extends Error {}
/** The session has ended; the upload is still there and goes on once the person has signed in again. */
class SignedOut extends Error {}

/**
 * Throws what an answer means for the upload, unless it is good: a server in trouble loses nothing.
 * `elsewhere` are the statuses that say that the upload ends at another place than was thought.
 */
async function heed(answer, ...elsewhere) {
  if (answer.ok) return;
  if (answer.status === 401) throw new SignedOut();
  if (answer.status >= 500 || [408, 429, ...elsewhere].includes(answer.status)) throw new TypeError("try again");
  throw new Refused(answer.body === null ? "The file was not taken." : await refusal(answer));
}

/** Waits a while, or until the person comes back to this tab, or stops the upload. */
function pause(ms, signal) {
  return new Promise((done) => {
    const timer = setTimeout(done, ms);
    const now = () => {
      clearTimeout(timer);
      done();
    };
    addEventListener("focus", now, { once: true });
    signal.addEventListener("abort", now, { once: true });
  });
}

/** Where the upload of a file stands: begun anew, or gone on with. */
async function begin(form, file) {
  const kept = localStorage.getItem(nameOf(form, file));
  if (kept !== null) {
    const answer = await fetch(kept, { method: "HEAD", headers: headers() });
    if (answer.ok) return { url: kept, offset: Number(answer.headers.get("Upload-Offset")) };
    // Only an upload that is gone is begun anew.
    if (answer.status !== 404 && answer.status !== 410) await heed(answer);
    localStorage.removeItem(nameOf(form, file));
  }
  const [dataset, edition, version] = place(form);
  const title = form.elements.title?.value ?? "";
  const meant = { filename: file.name, dataset_id: dataset, edition, version, ...(title ? { title } : {}) };
  const metadata = Object.entries(meant).map(([name, value]) => `${name} ${base64(value)}`).join(",");
  const more = headers({ "Upload-Length": String(file.size), "Upload-Metadata": metadata });
  const answer = await fetch(BASE, { method: "POST", headers: more });
  await heed(answer);
  const url = answer.headers.get("Location");
  localStorage.setItem(nameOf(form, file), url);
  return { url, offset: 0 };
}

/** Sends a file to its end; `row` tells how it goes and holds the way to stop it. Answers with why it did not arrive, or nothing. */
async function send(form, file, row) {
  for (let tried = 0; ; ) {
    try {
      const at = await begin(form, file);
      while (at.offset < file.size) {
        row.tell(at.offset / file.size, "");
        const more = headers({ "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(at.offset) });
        const body = file.slice(at.offset, at.offset + PART);
        const answer = await fetch(at.url, { method: "PATCH", headers: more, body, signal: row.signal });
        await heed(answer, 409, 423);
        at.offset = Number(answer.headers.get("Upload-Offset"));
        tried = 0;
      }
      localStorage.removeItem(nameOf(form, file));
      row.tell(1, "Sent");
      return null;
    } catch (error) {
      if (error instanceof Refused) {
        localStorage.removeItem(nameOf(form, file));
        row.tell(0, error.message, true);
        return error.message;
      }
      if (error instanceof SignedOut && !row.signal.aborted) {
        row.tell(null, "Your session has ended. Sign in again in another tab, and this goes on by itself.");
        await pause(SIGNED_IN, row.signal);
        continue;
      }
      if (row.signal.aborted || ++tried > TRIES) {
        const why = row.signal.aborted ? "Stopped. Choose the file again to go on." : "The connection was lost. Choose the file again to go on.";
        row.tell(null, why, true);
        return why;
      }
      row.tell(null, "The connection was cut. Trying again.");
      await wait(Math.min(1000 * 2 ** tried, 15_000));
    }
  }
}

/** A line that tells how the sending of a file goes. */
function rowFor(list, file) {
  const stop = new AbortController();
  const line = document.createElement("li");
  line.className = "sending";
  const name = document.createElement("span");
  name.textContent = `${file.name} `;
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", `Sending ${file.name}`);
  const said = document.createElement("span");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link-button";
  button.textContent = "Stop";
  button.setAttribute("aria-label", `Stop sending ${file.name}`);
  button.addEventListener("click", () => stop.abort());
  line.append(name, button, bar, said);
  list.append(line);
  return {
    signal: stop.signal,
    tell(share, words, bad = false) {
      if (share !== null) bar.value = share;
      said.textContent = words || `${Math.floor(bar.value * 100)}% sent`;
      said.className = bad ? "field__error" : "muted";
      if (bad) said.setAttribute("role", "alert");
      if (bad || share === 1) button.remove();
    },
  };
}

/** Names the uploads of this version that were cut off, so that they can go on. */
async function remind(form, list) {
  const here = `${KEPT}${place(form).join("/")}/`;
  const cut = Object.keys(localStorage).filter((name) => name.startsWith(here));
  for (const name of cut) {
    const answer = await fetch(localStorage.getItem(name), { method: "HEAD", headers: headers() }).catch(() => null);
    const whole = answer?.ok && answer.headers.get("Upload-Offset") === answer.headers.get("Upload-Length");
    // What has arrived or is gone was not cut off.
    if (whole || answer?.status === 404 || answer?.status === 410) {
      localStorage.removeItem(name);
      continue;
    }
    const line = document.createElement("li");
    line.className = "sending";
    const words = document.createElement("span");
    words.textContent = `${name.slice(here.length).split("/")[0]} was cut off. Choose the same file again and it goes on where it stopped. `;
    const forget = document.createElement("button");
    forget.type = "button";
    forget.className = "link-button";
    forget.textContent = "Give it up";
    forget.addEventListener("click", async () => {
      await fetch(localStorage.getItem(name), { method: "DELETE", headers: headers() }).catch(() => null);
      localStorage.removeItem(name);
      line.remove();
    });
    line.append(words, forget);
    list.append(line);
  }
}

/** Keeps for the page that follows why files did not arrive; what was cut off it tells anyway. */
function keepRefused(form, refused) {
  try {
    const told = refused.filter(({ file }) => localStorage.getItem(nameOf(form, file)) === null);
    const lines = told.map(({ file, why }) => ({ file: file.name, why }));
    sessionStorage.setItem(REFUSED + place(form).join("/"), JSON.stringify(lines));
  } catch {
    // The list of files still shows which are there.
  }
}

/** Tells, once, why files of the page before did not arrive. */
function tellRefused(form, list) {
  const name = REFUSED + place(form).join("/");
  let refused = [];
  try {
    refused = JSON.parse(sessionStorage.getItem(name) ?? "[]");
    sessionStorage.removeItem(name);
  } catch {
    // Nothing was kept.
  }
  for (const { file, why } of refused) {
    const line = document.createElement("li");
    line.className = "sending";
    const words = document.createElement("span");
    words.className = "field__error";
    words.setAttribute("role", "alert");
    words.textContent = `${file} was not taken: ${why}`;
    line.append(words);
    list.append(line);
  }
}

/** Whether the title that was typed is of the one file that is sent; of several nobody can tell which is meant. */
function titleFits(form, files) {
  const title = form.elements.title;
  const fits = files.length < 2 || !title?.value.trim();
  title?.setCustomValidity(fits ? "" : "A title is for one file. Choose one file, or leave the title empty.");
  if (!fits) title.reportValidity();
  return fits;
}

/** The forms whose files are being sent; who leaves meanwhile is asked first, also where nothing is typed. */
const sending = new Set();

addEventListener("beforeunload", (event) => {
  if (sending.size > 0) event.preventDefault();
});

for (const form of document.querySelectorAll("form[data-tus]")) {
  const input = form.querySelector("input[type=file]");
  const list = document.createElement("ul");
  list.className = "uploader__list";
  const told = document.createElement("div");
  told.setAttribute("role", "status");
  told.append(list);
  form.after(told);
  tellRefused(form, list);
  remind(form, list);
  // What was said of the title holds until something else is typed or chosen.
  const asBefore = () => form.elements.title?.setCustomValidity("");
  form.addEventListener("input", asBefore);
  form.addEventListener("dragover", (event) => event.preventDefault());
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer?.files.length) input.files = event.dataTransfer.files;
    asBefore();
  });
  form.addEventListener("submit", async (event) => {
    const files = [...input.files];
    if (files.length === 0) return;
    event.preventDefault();
    if (!titleFits(form, files)) return;
    const button = form.querySelector("button:not([type=button])");
    button.disabled = true;
    form.dataset.sending = "yes";
    sending.add(form);
    list.replaceChildren();
    const refused = [];
    for (const [file, row] of files.map((file) => [file, rowFor(list, file)])) {
      const why = await send(form, file, row);
      if (why !== null) refused.push({ file, why });
    }
    button.disabled = false;
    delete form.dataset.sending;
    sending.delete(form);
    // Where none arrived, the page is as it was and says why beside each.
    if (refused.length === files.length) return;
    if (refused.length > 0) keepRefused(form, refused);
    // What was typed has gone with the files: it is no draft, and nothing is left behind.
    form.reset();
    form.dispatchEvent(new Event("input", { bubbles: true }));
    document.dispatchEvent(new Event("leaves-with-drafts"));
    location.reload();
  });
}
