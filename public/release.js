// A release's page counts down to its instant, and shows what became public then without being loaded again.

/** How long readers spread their first look after the instant, in milliseconds, so that they do not all ask at once. */
const SPREAD = 1_000;
/** How long between two looks at first, and the longest that it grows to. */
const SOON = 1_000;
const SELDOM = 60_000;
/** A page that stays open looks this often before the instant, too: dates move. */
const BEFORE = 600_000;
const UNITS = [86_400, 3_600, 60, 1];

/** By how much this browser's clock is behind the server's; a second or two is the precision of the answer. */
let behind = 0;

const region = () => document.getElementById("release");
const due = () => Number(region()?.dataset.due ?? 0);
const left = () => due() - (Date.now() + behind);

function draw() {
  const clock = document.getElementById("release-left");
  if (clock === null) return;
  let seconds = Math.max(0, Math.ceil(left() / 1000));
  const names = clock.dataset.units.split(",");
  const parts = UNITS.map((size, i) => {
    const n = Math.floor(seconds / size);
    seconds -= n * size;
    return { n, name: names[i] };
  });
  const first = parts.findIndex(({ n }) => n > 0);
  const shown = first < 0 ? parts.slice(-1) : parts.slice(first);
  clock.textContent = shown.map(({ n, name }) => `${n} ${name}`).join(" ");
}

/** Puts what is new into the page; whether there is an instant to wait for. */
async function look() {
  const answer = await fetch(location.href, { cache: "no-cache" }).catch(() => null);
  if (answer === null || !answer.ok) return true;
  const told = Date.parse(answer.headers.get("date") ?? "");
  if (!Number.isNaN(told) && Math.abs(told - Date.now()) > 2_000) behind = told - Date.now();
  const text = await answer.text().catch(() => null);
  if (text === null) return true;
  const page = new DOMParser().parseFromString(text, "text/html");
  const [old, fresh] = [region(), page.getElementById("release")];
  if (fresh === null) return false;
  if (old.dataset.mark !== fresh.dataset.mark) {
    const focused = document.activeElement?.id;
    old.replaceWith(fresh);
    document.title = page.title;
    document.getElementById("release-said").textContent = fresh.dataset.said;
    if (focused) document.getElementById(focused)?.focus();
    draw();
  }
  return due() > 0;
}

/** Looks at the instant and after it, or now and then before it. */
function wait(pause) {
  const ahead = left();
  const until = ahead > 0 ? Math.min(ahead + Math.random() * SPREAD, BEFORE) : pause;
  setTimeout(async () => {
    const late = left() <= 0;
    if (await look()) wait(late ? Math.min(pause * 1.5, SELDOM) : SOON);
    else clearInterval(ticking);
  }, until);
}

const ticking = setInterval(draw, 1_000);
if (due() > 0) {
  draw();
  wait(SOON);
} else clearInterval(ticking);
