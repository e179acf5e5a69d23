// A rush of readers through an instant: rush.mjs URL EDITOR APPROVER CLIENTS SECONDS SPEEDS.
// CLIENTS connections ask once a second each, with If-None-Match as browsers do, each for one page or list that changes at the instant,
// which comes after a third of the SECONDS. Ends with 1 where anything was early or refused; where SPEEDS is true, also where
// the old was given out more than a second after the instant.
import { client } from "./clients.mjs";
import { now, until } from "./program.mjs";
import { approvedBundle, approvedVersion, caller, newDataset, schedule } from "./workflow.mjs";

const [url, editorToken, approverToken, clients, seconds, speeds] = process.argv.slice(2);
const [editor, approver] = [caller(url, editorToken), caller(url, approverToken)];
const { hostname: host, port } = new URL(url);
/** How often each client asks, in milliseconds. */
const INTERVAL = 1000;
/** How long after the instant nobody is given the old any more, in milliseconds. */
const STALE = 1000;
/** Under what 99 of 100 answers are to come, in milliseconds. */
const WITHIN = 200;
const NEW = "rush-newcomer";
const paths = ["/", "/catalogue/rush", "/v1/datasets/rush/editions", "/v1/search?q=rush&limit=5", `/catalogue/${NEW}`];

async function publish(contents, at) {
  const path = await approvedBundle(editor, approver, `Rush ${at}`, contents);
  await schedule(approver, path, at);
  return path;
}

// A public dataset, which gets a new edition at the instant, and one that nobody knows until then.
await newDataset(editor, "rush");
await publish([await approvedVersion(editor, approver, "rush", "first")], Math.ceil(now() + 300));
if (!(await until(async () => (await fetch(`${url}/v1/datasets/rush`)).ok, 20000, 50))) throw new Error("nothing gets published");
await newDataset(editor, NEW);
const contents = [await approvedVersion(editor, approver, "rush", NEW), await approvedVersion(editor, approver, NEW, NEW)];
const began = now() + 1500;
const at = Math.ceil(began + (Number(seconds) * 1000) / 3);
const end = began + Number(seconds) * 1000;
await publish(contents, at);

const told = Object.fromEntries(paths.map((path) => [path, { took: [], same: 0, early: 0, errors: 0, lost: 0, lastOld: -Infinity, old: 0, fresh: 0, news: new Map() }]));

function take({ path, asked, status, tag, body, began: from, ended }) {
  const own = told[path];
  own.took.push(ended - from);
  if (status === undefined) own.lost += 1;
  else if (status >= 500 || status === 429) own.errors += 1;
  else {
    const fresh = status === 304 ? own.news.get(asked) : status === 200 && body.includes(NEW);
    if (status === 304) own.same += 1;
    else if (tag) own.news.set(tag, fresh);
    if (fresh) own.fresh += 1;
    if (fresh && ended < at) own.early += 1;
    if (!fresh && ended > at) own.lastOld = Math.max(own.lastOld, ended - at);
    if (!fresh && from > at + STALE) own.old += 1;
  }
}

const count = Number(clients);
await Promise.all(
  Array.from({ length: count }, (_, i) => {
    const own = paths[i % paths.length];
    return client({ host, port: Number(port), path: own, interval: INTERVAL, from: began + (i * INTERVAL) / count, until: end, take });
  }),
);

const quantile = (list, q) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * q))] ?? NaN;
const sum = (what) => Object.values(told).reduce((all, own) => all + (typeof own[what] === "number" ? own[what] : own[what].length), 0);
console.log(["asked for".padEnd(26), "answers", "304", "early", "5xx or 429", "cut", "last old ms after", "old after 1 s", "p50 ms", "p99 ms"].join("  "));
for (const [path, own] of Object.entries(told)) {
  const row = [own.took.length, own.same, own.early, own.errors, own.lost, own.lastOld.toFixed(0), own.old, quantile(own.took, 0.5).toFixed(1), quantile(own.took, 0.99).toFixed(1)];
  console.log([path.padEnd(26), ...row].join("  "));
}
const all = Object.values(told).flatMap((own) => own.took);
const rate = sum("took") / ((end - began) / 1000);
console.log(`${clients} clients, each once a second: ${rate.toFixed(0)} answers a second, p50 ${quantile(all, 0.5).toFixed(1)} ms, p99 ${quantile(all, 0.99).toFixed(1)} ms, early ${sum("early")}, 5xx ${sum("errors")}, cut ${sum("lost")}, old after a second ${sum("old")}`);
const slowest = quantile(all, 0.99);
console.log(`p99 ${slowest.toFixed(1)} ms: ${slowest < WITHIN ? "under" : "NOT under"} the ${WITHIN} ms wanted`);
const unseen = paths.filter((path) => told[path].fresh === 0);
if (unseen.length > 0) console.log(`never seen new: ${unseen.join(" ")}`);
process.exit(sum("early") + sum("errors") + sum("lost") + unseen.length + (speeds === "true" ? sum("old") : 0) === 0 ? 0 : 1);
