// One fault during publications, and what came of it: by what the public saw, by the audit trail, and by the rows.
import { judge, now, until, watch } from "../program.mjs";
import { schedule, unfinished } from "../workflow.mjs";
import { anybody, approver, databaseName, DATASETS, newBundles, one, sql, url } from "./world.mjs";

/** How long after all is well again everything has to be public, in milliseconds. */
export const CATCH_UP = 2000;
/** How long a publication is waited for at all. */
const PATIENCE = 60000;
const published = [];
const untried = [];
let wrong = 0;
let tried = 0;
let inTime = 0;
let usual;

// Alarms come of a failure before, not of the publication.
const kindsOf = async (id) => JSON.stringify(await sql(`SELECT kind, count(*) FROM outbox WHERE bundle_id = '${id}' AND kind <> 'alert' GROUP BY kind ORDER BY kind`));
const rowsOf = async (id) => one(`SELECT count(*) FROM outbox WHERE bundle_id = '${id}' AND kind <> 'alert'`);

// What the rows and the audit trail say of a bundle that should have been published once.
async function records({ id, path, ids }) {
  const expected = 1 + ids.length;
  const rows = await one(`SELECT count(*) FROM events WHERE event_type = 'published' AND (bundle_id = '${id}' OR resource_id = '${id}')`);
  const told = (await anybody("GET", `/v1/audit?bundle=${id}&action=published&limit=1000`)).items.length;
  const versions = await one(`SELECT count(*) FROM versions WHERE state = 'published' AND dataset_id IN (${ids.map((each) => `'${each}'`)})`);
  const outbox = (await rowsOf(id)) - usual.rows;
  if (outbox !== 0) console.log(`  ${path}: ${await kindsOf(id)} in the outbox instead of ${usual.kinds}`);
  const status = await anybody("GET", `${path}/status`);
  const short = [rows - expected, told - expected, outbox, versions - ids.length];
  return {
    duplicates: short.filter((difference) => difference > 0).reduce((sum, each) => sum + each, 0),
    lost: short.filter((difference) => difference < 0).reduce((sum, each) => sum - each, status.state === "published" ? 0 : 1),
    lateness: status.lateness_ms ?? Infinity,
  };
}

// Publishes bundles at an instant while `fault` happens, and judges; `fault` gives the moment from which all was well again.
export async function judged(name, { count = 3, ahead = 3000, fault, before = async () => {} }) {
  const made = await newBundles(name, count);
  await before(made);
  const at = Math.ceil(now() + ahead);
  await Promise.all(made.map((bundle) => schedule(approver, bundle.path, at)));
  const told = made.map(() => ({ stop: false, seen: [] }));
  const watching = made.map((bundle, i) => watch(url, bundle.ids, told[i], 5));
  let back;
  try {
    back = await fault({ at, made, told });
    const whole = (one) => one.seen.some((look) => look.began >= Math.max(at, back) && look.count === DATASETS);
    await until(() => told.every(whole), PATIENCE);
  } finally {
    for (const one of told) one.stop = true;
    await Promise.all(watching);
  }
  const found = { early: 0, half: 0, duplicates: 0, lost: 0, catchUp: 0, lateness: 0, first: Infinity, at, made };
  for (const [i, bundle] of made.entries()) {
    const seen = judge(told[i].seen, DATASETS, at, back);
    const kept = await records(bundle);
    found.early += seen.early;
    found.half += seen.half + seen.vanished;
    found.duplicates += kept.duplicates;
    found.lost += kept.lost;
    found.catchUp = Math.max(found.catchUp, seen.catchUp);
    found.lateness = Math.max(found.lateness, kept.lateness);
    found.first = Math.min(found.first, seen.first - at);
  }
  if (!(await anybody("GET", "/v1/audit/verify")).intact) found.lost += 1;
  return found;
}

// Whether a catch-up was within what is promised, in words; where more is allowed, how much and why.
export function promised(took, allowed = CATCH_UP, why = "") {
  tried += 1;
  if (took <= CATCH_UP) inTime += 1;
  const words = `${took <= CATCH_UP ? "within" : "NOT within"} ${CATCH_UP / 1000} s after the cause ended`;
  return allowed > CATCH_UP ? `${words}; ${allowed === Infinity ? "any time is" : `${allowed} ms are`} allowed here, as ${why}` : words;
}

// Prints what was found, and remembers whether anything of it is wrong. Whoever allows a longer `catchUp` says `why`.
export function tell(name, found, { catchUp = CATCH_UP, why = "", more = "", but = [] } = {}) {
  const { early, half, duplicates, lost, made } = found;
  published.push(...made.map((bundle) => bundle.path));
  const bad = early + half + duplicates + lost + (found.catchUp <= catchUp ? 0 : 1) + but.length;
  console.log(
    `${name}, on ${databaseName}: early bytes ${early}, half releases ${half}, duplicates ${duplicates}, lost audit/outbox rows ${lost}, ` +
      `catch-up ${found.catchUp.toFixed(0)} ms (${promised(found.catchUp, catchUp, why)}), lateness told ${found.lateness} ms${more}${but.map((what) => `; WRONG: ${what}`).join("")}`,
  );
  if (bad > 0) wrong += 1;
}

export async function trial(title, name, options) {
  const found = await judged(name, options);
  tell(title, found, options);
  return found;
}

// What a publication leaves behind without any fault: the measure for all others.
export async function measure() {
  usual = { rows: 0, kinds: "" };
  const [bundle] = await newBundles("usual", 1);
  const at = Math.ceil(now() + 300);
  await schedule(approver, bundle.path, at);
  await until(async () => (await anybody("GET", `${bundle.path}/status`)).state === "published", PATIENCE, 50);
  usual = { rows: await rowsOf(bundle.id), kinds: await kindsOf(bundle.id) };
  if (usual.rows === 0) throw new Error("a publication leaves nothing in the outbox");
}

// How many trials went wrong, and, where there is time for it, whether all that follows from the publications gets done. What could not
// be tried is wrong, too, where FAULTS_STRICT is true.
export async function wrongs(patience) {
  if (patience > 0) wrong += (await unfinished(anybody, published, patience)).length;
  const left = untried.length > 0 ? `, NOT TRIED: ${untried.join("; ")}` : "";
  console.log(`All faults, on ${databaseName}: ${inTime} of ${tried} catch-ups within ${CATCH_UP / 1000} s after the cause ended, ${wrong} wrong${left}`);
  return process.env.FAULTS_STRICT === "true" ? wrong + untried.length : wrong;
}

// Remembers what this machine does not allow to be tried.
export function notTried(what, why) {
  console.log(`${what}: NOT TRIED, as ${why}`);
  untried.push(what);
}

// Counts something else that went wrong.
export function count(what) {
  console.log(`WRONG: ${what}`);
  wrong += 1;
}
