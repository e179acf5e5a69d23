// The portal's keyboard: shortcuts, the list of them, and a palette that goes anywhere. All of it is in the pages without it, too.

const rail = document.getElementById("rail");
const keys = JSON.parse(rail?.dataset.keys ?? "[]");
/** What the reader may make anew, wherever they are: its name and the address of its form. */
const makes = JSON.parse(rail?.dataset.makes ?? "[]");
/** What is found by its words on the page of its list, where the rail leads there. */
const FINDS = [["dataset", "/admin/datasets"], ["bundle", "/admin/bundles"], ["release", "/admin/releases"], ["file", "/admin/files"], ["person", "/admin/users"]];

/** What the reader has chosen is kept in this browser alone, and only once something was chosen. */
function chosen(name) {
  try {
    return localStorage.getItem(`portal-${name}`);
  } catch {
    return null;
  }
}

function choose(name, value) {
  try {
    if (value === null) localStorage.removeItem(`portal-${name}`);
    else localStorage.setItem(`portal-${name}`, value);
  } catch {
    // A browser that keeps nothing still follows the choice on this page.
  }
}

function dense(on) {
  document.documentElement.toggleAttribute("data-dense", on);
}

/** Chooses how dense tables are, for this page and those that follow. */
function densely(on) {
  choose("density", on ? "dense" : null);
  dense(on);
  const box = document.getElementById("dense-tables");
  if (box) box.checked = on;
}

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** Opens a dialog that goes away when it is closed. */
function open(name, ...content) {
  document.querySelector("dialog.palette")?.close();
  const close = make("button", { type: "button", className: "link-button", textContent: "Close" });
  const title = make("h2", { id: "palette-title", textContent: name });
  const inner = make("div", { className: "dialog__inner" }, title, ...content, close);
  const dialog = make("dialog", { className: "dialog palette" }, inner);
  dialog.setAttribute("aria-labelledby", "palette-title");
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function help() {
  const rows = keys.map(([combination, what]) =>
    make("div", { className: "difference__row" }, make("dt", {}, make("kbd", { textContent: combination })), make("dd", { textContent: what })),
  );
  const more = make("p", {}, make("a", { href: "/admin/help", textContent: "Help, with the states and who may do what" }));
  const off = make("p", {}, make("a", { href: "/account#keyboard", textContent: "Switch the shortcuts off" }));
  open("Keyboard", make("dl", { className: "difference" }, ...rows), more, off);
}

/** The words of a link or button, without a number beside them. */
function said(element) {
  return (element.matches(".rail__link") ? element.firstChild : element).textContent.replace(/\s+/g, " ").trim();
}

/** The shortcut that leads to an address, if one does. */
function keyOf(path) {
  return keys.find(([, , href]) => href === path)?.[0];
}

/** A link as something to choose. */
const linked = (link) => ({ text: said(link), href: link.href, key: keyOf(new URL(link.href).pathname) });
/** A control to go to; what it does is done there, so that nothing happens by a word and a key. */
const reached = (control) => ({ text: said(control), act: () => reach(control) });

/** What this page does and shows, the parts of the portal, and what can be made; last what its folded forms do, which waits for words. */
function places() {
  const main = document.getElementById("main");
  const all = (selector) => [...(main?.querySelectorAll(selector) ?? [])];
  const steps = all(".object-header__actions a[href], .object-header__actions button:not([aria-disabled])");
  const parts = all(".tabs a[href]:not([aria-current])").map(linked);
  const dense = document.documentElement.hasAttribute("data-dense");
  const folded = all('details:has(form[method="post"]) > summary').map((summary) => ({ ...reached(summary), waits: true }));
  return [
    ...steps.map((step) => (step.href ? linked(step) : reached(step))),
    ...[...(rail?.querySelectorAll(".rail__link") ?? [])].map(linked),
    ...makes.map(([text, href]) => ({ text, href })),
    ...parts,
    { text: dense ? "Comfortable tables" : "Dense tables", act: () => densely(!dense) },
    { text: "List the shortcuts", key: "?", act: help },
    ...folded,
  ];
}

/** What is looked for by its words on the page of a list that the reader may open. */
function finds(words) {
  const opens = FINDS.filter(([, path]) => rail?.querySelector(`a[href="${path}"]`));
  return opens.map(([what, path]) => ({ text: `Find the ${what} “${words}”`, href: `${path}?q=${encodeURIComponent(words)}` }));
}

/** One thing to choose: a link, or a button that closes the palette and does it. */
function choice({ text, href, act, key }) {
  const told = key ? [text, " ", make("kbd", { textContent: key })] : [text];
  const element = href ? make("a", { href }, ...told) : make("button", { type: "button" }, ...told);
  if (act) {
    element.addEventListener("click", () => {
      element.closest("dialog")?.close();
      act();
    });
  }
  return make("li", {}, element);
}

function palette() {
  const all = places();
  const input = make("input", { type: "search", className: "field__input", id: "palette-find", autocomplete: "off" });
  const label = make("label", { htmlFor: "palette-find", textContent: "Go to, do, or find" });
  const count = make("p", { className: "small muted", role: "status" });
  const list = make("ul", { className: "palette__list" });
  const draw = () => {
    const find = input.value.trim();
    const words = find.toLowerCase().split(/\s+/);
    const fit = all.filter(({ text, waits }) => (find || !waits) && words.every((word) => text.toLowerCase().includes(word)));
    if (find) fit.push(...finds(find));
    list.replaceChildren(...fit.map(choice));
    count.textContent = fit.length === 1 ? "1 thing to choose" : `${fit.length} things to choose from`;
  };
  input.addEventListener("input", draw);
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    // What is reached has the focus from then on, and must not take the key as its own.
    event.preventDefault();
    list.querySelector("a, button")?.click();
  });
  const content = make("div", { className: "dialog__body" }, label, input, count, list);
  content.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const stops = [input, ...list.querySelectorAll("a, button")];
    stops[(stops.indexOf(document.activeElement) + step + stops.length) % stops.length].focus();
  });
  draw();
  open("Go anywhere", content);
  input.focus();
}

/** Moves among the rows of the page's lists. */
function row(step) {
  const stops = [...document.querySelectorAll(".table--rows tbody th a, .desk-item__title a")];
  if (stops.length === 0) return;
  const at = stops.indexOf(document.activeElement);
  stops[at < 0 ? (step > 0 ? 0 : stops.length - 1) : Math.min(Math.max(at + step, 0), stops.length - 1)].focus();
}

/** Opens everything that is folded up around a control, and goes there. */
function reach(control) {
  if (!control) return;
  for (let folded = control.closest("details"); folded; folded = folded.parentElement.closest("details")) folded.open = true;
  control.focus();
}

/** Follows the first link to the next or the one before: of the review, of the items of a release, or of a list. */
function turn(rel) {
  const link = document.querySelector(`main .review-nav a[rel="${rel}"], main .walk a[rel="${rel}"]`) ?? document.querySelector(`main a[rel="${rel}"]`);
  link?.click();
}

/** Where this page approves: at the button that does so, so that nothing is approved by one key, or on a page of its own. */
function approve() {
  const button = document.querySelector('form[action="/rpc/versions/approve"] button, form[action="/rpc/bundles/approve"] button');
  if (button) reach(button);
  else document.querySelector('.object-header a[href$="/approve"]')?.click();
}

/** The field in which a reason is given for sending something back. */
function giveBack() {
  const steps = ["versions/return", "versions/reopen", "bundles/reject", "bundles/request-changes"];
  reach(document.querySelector(steps.map((step) => `form[action="/rpc/${step}"] textarea`).join(", ")));
}

/** The row of a list that the reader is in. */
function here() {
  return document.activeElement?.closest(".table--rows tbody tr") ?? null;
}

function select() {
  here()?.querySelector('input[type="checkbox"]:not(:disabled)')?.click();
}

/** The first field of the form that edits what the page is about. */
function field() {
  const form = document.querySelector('main form[action$="/edit"]:not([action="/rpc/images/edit"])');
  return form?.querySelector('input:not([type="hidden"]), textarea, select') ?? null;
}

/** Edits what the page is about, or opens that of the row the reader is in to do so. */
function edit() {
  const row = here()?.querySelector("th a[href]");
  if (row) location.assign(`${row.getAttribute("href").split("#")[0]}#edit`);
  else reach(field());
}

let first = null;

function pressed(event) {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
    if (event.key === "k") {
      event.preventDefault();
      palette();
    } else if (event.key === "s" && document.activeElement?.form) {
      event.preventDefault();
      document.activeElement.form.requestSubmit();
    }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest?.("input, textarea, select, dialog, [contenteditable]")) return;
  if (first !== null) {
    const found = keys.find(([combination, , href]) => href && combination === `${first} ${event.key}`);
    first = null;
    if (found) location.assign(found[2]);
    return;
  }
  const walks = document.querySelector("main .walk") !== null && !event.target.closest?.(".table-scroll");
  const does = {
    g: () => (first = "g"),
    j: () => row(1),
    k: () => row(-1),
    n: () => turn("next"),
    p: () => turn("prev"),
    ...(walks ? { ArrowRight: () => turn("next"), ArrowLeft: () => turn("prev") } : {}),
    a: approve,
    r: giveBack,
    c: () => reach(document.querySelector('form[action$="s/comment"] textarea')),
    x: select,
    e: edit,
    "?": help,
    "/": () => {
      const search = document.querySelector('main [role="search"] input:not([type="hidden"])');
      if (search) search.focus();
      else location.assign("/admin/datasets");
    },
  }[event.key];
  if (!does) return;
  event.preventDefault();
  does();
}

/** The choices on the account's page, which are of no use without this script. */
function offer() {
  const panel = document.getElementById("keyboard-choices");
  if (panel === null) return;
  panel.hidden = false;
  const box = (id, name, value, on) => {
    const input = document.getElementById(id);
    input.checked = chosen(name) === value;
    input.addEventListener("change", () => {
      choose(name, input.checked ? value : null);
      on(input.checked);
    });
  };
  box("keys-off", "keys", "off", listen);
  box("dense-tables", "density", "dense", dense);
}

function listen(off) {
  document.removeEventListener("keydown", pressed);
  if (!off) document.addEventListener("keydown", pressed);
}

dense(chosen("density") === "dense");
listen(chosen("keys") === "off");
// Somebody who pressed e in a row of a list comes here to edit.
if (location.hash === "#edit") reach(field());
offer();
