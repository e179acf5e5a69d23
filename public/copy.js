// Buttons that copy the text beside them; without scripts they are not shown, and the text can be selected.

/** How long a button shows that it has done its work, in milliseconds. */
const SHOWN_FOR = 4_000;

const status = document.getElementById("copied");

/** Says it aloud, also where the same was said before. */
function say(words) {
  status.textContent = "";
  requestAnimationFrame(() => (status.textContent = words));
}

function select(source) {
  const range = document.createRange();
  range.selectNodeContents(source);
  const selection = getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
}

/** Puts the text on the clipboard; whether it is there. */
async function copied(source) {
  // Where a page did not come by TLS, browsers have no clipboard to write to, but copy what is selected.
  const written = await navigator.clipboard?.writeText(source.textContent).then(
    () => true,
    () => false,
  );
  if (written) return true;
  select(source);
  return document.execCommand("copy");
}

function arm(button) {
  const source = document.getElementById(button.dataset.copies);
  let ending;
  button.addEventListener("click", async () => {
    const done = await copied(source);
    say(done ? status.dataset.copied : status.dataset.refused);
    button.toggleAttribute("data-done", done);
    clearTimeout(ending);
    ending = setTimeout(() => button.removeAttribute("data-done"), SHOWN_FOR);
  });
  button.hidden = false;
}

if (status !== null) document.querySelectorAll("button[data-copies]").forEach(arm);
