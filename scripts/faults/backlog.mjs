// Bundles that became due while the program was off: as many as are named, all to be published when it comes back.
import { now, pause, until } from "../program.mjs";
import { approvedBundle, approvedVersion, newDataset, schedule } from "../workflow.mjs";
import { count, promised } from "./trial.mjs";
import { anybody, approver, databaseName, editor, one, run, sql, url } from "./world.mjs";

/** How many publications one node has under way at once. */
const SIDE_BY_SIDE = 32;
/** By so many may one be overtaken: those beside it, and what begins and ends while one that waits for others takes longer. */
const OVERTAKEN = 8 * SIDE_BY_SIDE;
const MINUTE = 60000;

// Copies one scheduled bundle, each copy due a second after the one before, the last an hour ago.
async function fill(bundles) {
  const long = new Date(now() - 60 * MINUTE - bundles * 1000).toISOString();
  const { LOADER, DATABASE_URL } = process.env;
  await run(LOADER, [DATABASE_URL, "backlog", String(bundles), "1", long]);
  const number = "CAST(substr(title, length('backlog-') + 1) AS BIGINT)";
  await sql(`UPDATE bundles SET publication_date = publication_date + 1000000 * ${number} WHERE title LIKE 'backlog-%'`);
}

// Asks for pages and data meanwhile, four at a time; how long each took, and how many were refused.
async function read(told) {
  const paths = ["/", "/topics", "/v1/datasets?limit=5", "/v1/search?q=the&limit=5"];
  const reader = async (first) => {
    for (let turn = first; !told.stop; turn += 1) {
      const began = now();
      const answer = await fetch(`${url}${paths[turn % paths.length]}`).catch(() => null);
      await answer?.arrayBuffer();
      told.took.push(now() - began);
      if (!answer?.ok) told.refused += 1;
      await pause(50);
    }
  };
  await Promise.all([0, 1, 2, 3].map(reader));
}

// Makes them while the program runs, ends it, starts it again, and looks at what became of them.
export async function backlog(program, bundles) {
  await newDataset(editor, "backlog");
  const item = await approvedVersion(editor, approver, "backlog", "time-series");
  const path = await approvedBundle(editor, approver, "backlog", [item]);
  await schedule(approver, path, now() + 365 * 24 * 60 * MINUTE);
  await program.end();
  await fill(bundles);
  const all = bundles + 1;
  const back = await program.start();
  const told = { stop: false, refused: 0, took: [] };
  const reading = read(told);
  const left = () => one("SELECT count(*) FROM bundles WHERE title LIKE 'backlog%' AND state <> 'published'");
  if (!(await until(async () => (await left()) === 0, 15 * MINUTE, 500))) count(`${await left()} bundles are not published`);
  const took = now() - back;
  told.stop = true;
  await reading;
  await judge(all, took, told);
}

async function judge(all, took, told) {
  const events = await sql("SELECT b.title, e.sequence FROM events e JOIN bundles b ON b.id = e.resource_id WHERE e.event_type = 'published' AND b.title LIKE 'backlog%' ORDER BY e.sequence");
  const places = events.map(([title]) => (title === "backlog" ? 0 : Number(title.slice("backlog-".length))));
  // How many that were due later went before it.
  const overtaken = places.reduce((most, rank, place) => Math.max(most, rank - place), 0);
  const duplicates = places.length - new Set(places).size;
  const versions = await one("SELECT count(*) FROM events WHERE event_type = 'published' AND resource_type = 'version' AND bundle_id IN (SELECT id FROM bundles WHERE title LIKE 'backlog%')");
  const outbox = await one("SELECT count(DISTINCT bundle_id) FROM outbox WHERE bundle_id IN (SELECT id FROM bundles WHERE title LIKE 'backlog%')");
  const lost = Math.max(0, all - new Set(places).size) + Math.max(0, all - versions) + Math.max(0, all - outbox);
  const late = await one("SELECT count(*) FROM bundles WHERE title LIKE 'backlog%' AND published_at - publication_date > 1000000");
  const visible = (await anybody("GET", "/v1/datasets?q=backlog&limit=1")).total_count;
  const intact = (await anybody("GET", "/v1/audit/verify")).intact;
  const sorted = told.took.sort((a, b) => a - b);
  const quantile = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]?.toFixed(0);
  console.log(
    `${all} bundles due in an outage, on ${databaseName}: duplicates ${duplicates}, lost audit/outbox rows ${lost}, told as late ${late}, ` +
      `public ${visible}, overtaken by ${overtaken} at most, catch-up ${took.toFixed(0)} ms (${((1000 * all) / took).toFixed(0)} a second; ${promised(took, Infinity, "it is so many")}), ` +
      `${told.took.length} reads meanwhile: p50 ${quantile(0.5)} ms, p99 ${quantile(0.99)} ms, refused ${told.refused}`,
  );
  if (duplicates + lost + told.refused > 0 || versions !== all) count("published twice, lost or refused");
  if (late !== all) count("not all told as late");
  if (!intact) count("the audit trail is broken");
  if (overtaken > OVERTAKEN) count("not in the order of the instants");
}
