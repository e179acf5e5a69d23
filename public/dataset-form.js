// Beside the form of a dataset: how lists will show it while somebody types, and for a new one the id that its title makes.

/** How long nothing is typed before it is asked whether an id is free. */
const PAUSE = 400;
/** How many characters an id has at most. */
const LONGEST = 100;

const card = document.getElementById("as-listed");
const form = document.querySelector(`form[action="${card?.dataset.form}"]`);

/** The id that a title makes, by the rules of the server, which has the last word. */
function idOf(title) {
  const plain = title.toLowerCase().replace(/['’]/g, "").normalize("NFD").replace(/([aeiouwy])\p{M}+/gu, "$1").replace(/[^a-z0-9\s]\p{M}*|[a-z]\p{M}+/gu, " ");
  let made = "";
  for (const word of plain.split(/\s+/).filter((word) => word !== "")) {
    const longer = made === "" ? word : `${made}-${word}`;
    if (longer.length > LONGEST) break;
    made = longer;
  }
  return made;
}

/** The words of the topic under which the dataset stands: the one that is chosen, else the first that is ticked. */
function topic() {
  const { canonical_topic: chosen } = form.elements;
  if (chosen.value !== "") return chosen.selectedOptions[0].textContent;
  const ticked = form.querySelector('input[name="topics[]"]:checked');
  return ticked?.closest("label")?.textContent ?? "";
}

function show() {
  const said = { topic: topic() };
  for (const place of card.querySelectorAll("[data-shows]")) {
    const name = place.dataset.shows;
    place.textContent = (said[name] ?? form.elements[name].value).trim();
    place.hidden = place.textContent === "";
  }
}

let waits;
/** Says whether the id is free that was typed or that the title makes. */
function ask() {
  const { id, title } = form.elements;
  const line = document.getElementById("id-said");
  id.placeholder = idOf(title.value);
  const wanted = id.value.trim() || id.placeholder;
  clearTimeout(waits);
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(wanted)) {
    line.textContent = id.value.trim() === "" ? "" : "An id has lower-case letters, digits and single hyphens.";
    return;
  }
  waits = setTimeout(async () => {
    const answer = await fetch(`/v1/datasets/${wanted}`, { method: "HEAD", headers: { accept: "application/json" } }).catch(() => null);
    if (wanted !== (id.value.trim() || id.placeholder)) return;
    if (answer?.status === 404) line.textContent = `It will have the id ${wanted}.`;
    else line.textContent = answer?.ok ? `The id ${wanted} is taken.` : "";
  }, PAUSE);
}

if (form) {
  card.hidden = false;
  form.addEventListener("input", show);
  show();
  if (document.getElementById("id-said")) {
    for (const name of ["id", "title"]) form.elements[name].addEventListener("input", ask);
    ask();
  }
}
