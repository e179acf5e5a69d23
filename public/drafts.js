// What is typed in a form, by names that hold on another day, and how a draft of it fits the same form once others have saved.

import { span } from "./parts.js";

/** What a field is named or filled in by that opens something; the same words as on the server. */
const SECRET = /password|token|code|secret/;
/** A field in a row of a list, such as `contacts[0][email]`. */
const ROW = /^([^=]*?\[)(\d+\])([^=]*)$/;

/** The fields of a form that somebody types or chooses in; secrets and files are not kept. */
export function typed(form) {
  const left = ["hidden", "password", "file", "submit", "button"];
  const fields = [...form.elements].filter((field) => field.name && field.matches("input, textarea, select"));
  return fields.filter((field) => !left.includes(field.type) && !SECRET.test(`${field.name} ${field.autocomplete}`));
}

/** The same by names that hold on another day: a box goes by its value, too, and choices of which one is taken are one. */
function named(form) {
  const all = new Map();
  for (const field of typed(form)) {
    let name = field.type === "checkbox" ? `${field.name}=${field.value}` : field.name;
    while (field.type !== "radio" && all.has(name)) name += "'";
    all.set(name, [...(all.get(name) ?? []), field]);
  }
  return all;
}

/** A field as it was before anybody typed, whatever was typed while this script was still on its way. */
function untouched(field) {
  const alone = document.createElement("form");
  const copy = alone.appendChild(field.cloneNode(true));
  alone.reset();
  return copy;
}

/** What is said in a field, as it stands or as `seen` gives it. */
function value(fields, seen = (field) => field) {
  const [first] = fields;
  if (first.type === "radio") return fields.find((one) => seen(one).checked)?.value ?? "";
  return first.type === "checkbox" ? seen(first).checked : seen(first).value;
}

/** What a field holds of something that is said: a browser leaves out what is no time where one is asked for. */
function held(fields, said) {
  if (typeof said !== "string" || !fields?.[0].matches("input, textarea")) return null;
  const copy = fields[0].cloneNode();
  copy.value = said;
  return copy.value;
}

/** Whether a form as it came shows what was said in it before, as far as its fields hold that. */
export function shows(form, base, now) {
  const fields = named(form);
  return Object.entries(now).every(([name, said]) => base[name] === said || base[name] === held(fields.get(name), said));
}

/** What is said in a form, by the names of its fields. */
export function state(form, seen) {
  return Object.fromEntries([...named(form)].map(([name, fields]) => [name, value(fields, seen)]));
}

/** What rows of a form's lists are about, where hidden fields tell: `alerts[0]` by the alert's id. */
function about(form) {
  const all = {};
  for (const field of form.querySelectorAll("input[type=hidden]")) {
    const [, list, number] = ROW.exec(field.name) ?? [];
    if (list !== undefined) all[list + number] = (all[list + number] ?? "") + field.value;
  }
  return all;
}

/** What a form is about: its hidden fields but the revision, what tells the server how its fields stood, and those of rows. */
export function subject(form) {
  const hidden = [...form.querySelectorAll("input[type=hidden]")];
  const tells = ({ name }) => name !== "revision" && !name.startsWith("stood:") && !ROW.test(name);
  return hidden.filter(tells).map((field) => field.value).join(" ");
}

/** How a form stands before anybody types, with what tells its rows and its revision. */
export function page(form) {
  const revision = form.querySelector("input[type=hidden][name=revision]")?.value ?? "";
  return { base: state(form, untouched), about: about(form), revision };
}

/** The rows of all lists by their names, such as `contacts[0]`: of which list, about what, and what is said in their fields. */
function rows({ base, about }) {
  const all = new Map();
  for (const [name, said] of Object.entries(base)) {
    const [, list, number, part] = ROW.exec(name) ?? [];
    if (list === undefined) continue;
    const row = list + number;
    if (!all.has(row)) all.set(row, { list, about: about[row] ?? "", fields: {} });
    all.get(row).fields[part] = said;
  }
  return all;
}

/**
 * Tells where a field of a draft is on this page. A row may stand elsewhere, since others add and remove rows: it is found by
 * what it is about or by what was said in it. One that others changed is taken for the same where no row came or went.
 */
function places(draft, here) {
  const [then, now] = [rows(draft), rows(here)];
  const many = (all, list) => [...all.values()].filter((row) => row.list === list).length;
  const rowOf = (name) => (ROW.exec(name) ?? []).slice(1, 3).join("");
  const found = new Map();
  const free = (list) => [...now].filter(([other, row]) => row.list === list && ![...found.values()].includes(other));
  // Rows in which nothing was typed take their places, too. Of several that are alike, such as empty ones, the one at the same place.
  for (const [name, row] of then) {
    const is = ([, other]) => {
      return other.about === row.about && (row.about !== "" || JSON.stringify(other.fields) === JSON.stringify(row.fields));
    };
    const at = [...free(row.list).filter(([other]) => other === name), ...free(row.list)].find(is);
    if (at !== undefined) found.set(name, at[0]);
  }
  for (const [name, row] of then) {
    if (found.has(name) || row.about !== "" || many(then, row.list) !== many(now, row.list)) continue;
    const at = free(row.list).find(([other, { about }]) => other === name && about === "");
    if (at !== undefined) found.set(name, at[0]);
  }
  return (name) => {
    const row = rowOf(name);
    if (row === "") return name;
    return found.get(row) === undefined ? undefined : found.get(row) + name.slice(row.length);
  };
}

/** Whether a field can say this here. */
function takes(fields, said) {
  const [first] = fields;
  if (first.disabled) return false;
  if (first.matches("select")) return [...first.options].some((option) => option.value === said);
  return first.type !== "radio" || said === "" || fields.some((one) => one.value === said);
}

/**
 * How a draft fits this page: what can be given back, what stands there already, and what has no place here, of which texts are
 * lost. With each goes what others saved in the same field meanwhile.
 */
export function fit(form, draft, here) {
  const [fields, place] = [named(form), places(draft, here)];
  const found = { open: [], stands: [], away: {}, lost: [] };
  for (const [name, said] of Object.entries(draft.now)) {
    const there = fields.get(place(name));
    if (there === undefined || !takes(there, said)) {
      found.away[name] = said;
      const isChoice = there?.[0].matches("select, [type=checkbox], [type=radio]");
      if (typeof said === "string" && said.trim() !== "" && !isChoice) found.lost.push(said);
      continue;
    }
    const saved = value(there, untouched);
    // At the same revision nobody saved anything: what stands there now came with the page's address.
    const isTheirs = draft.revision !== here.revision && saved !== draft.base[name] && saved !== said;
    const theirs = isTheirs ? saved : null;
    (value(there) === said ? found.stands : found.open).push({ there, said, theirs });
  }
  return found;
}

/** What a field says, as people read it. */
function words(fields, said) {
  const [first] = fields;
  const option = first.matches("select") ? [...first.options].find((one) => one.value === said)?.text : undefined;
  const radio = first.type === "radio" ? fields.find((one) => one.value === said)?.closest("label") : undefined;
  return (option ?? radio?.querySelector(".choice__label")?.textContent ?? said).trim() || "nothing";
}

/** Puts into a field what was typed there, and under it what others saved meanwhile, as the server does with a form that came too late. */
export function giveBack({ there, said, theirs }) {
  const [first] = there;
  if (first.type === "checkbox") first.checked = said;
  else if (first.type === "radio") for (const one of there) one.checked = one.value === said;
  else first.value = said;
  for (let folded = first.closest("details"); folded; folded = folded.parentElement.closest("details")) folded.open = true;
  const around = first.closest(".field") ?? first.parentElement;
  if (theirs === null || around.querySelector(":scope > .theirs") !== null) return;
  const line = document.createElement("div");
  line.className = "theirs";
  line.append(span("Saved meanwhile: ", "theirs__who"), span(words(there, theirs), "theirs__text"));
  around.append(line);
}
