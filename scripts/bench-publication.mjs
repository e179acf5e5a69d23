// Fifty readers around an instant: bench-publication.mjs URL INSTANT TEMPLATE DATASETS BUNDLES READERS SECONDS.
// Each asks for pages, the API, the list, the search and downloads of what becomes public then, over connections that stay
// open. Prints when each sort was first seen whole, and ends with 1 where anything was seen before the instant, or half.
import http from "node:http";

const [url, instant, template, datasets, bundles, readers, seconds] = process.argv.slice(2);
const at = Date.parse(instant);
const count = Number(datasets);
const agent = new http.Agent({ keepAlive: true, maxSockets: Number(readers) });
/** How soon after the instant everything is to be visible, in milliseconds. */
const WITHIN = 250;
const now = () => performance.timeOrigin + performance.now();

function get(path) {
  return new Promise((resolve, reject) => {
    const began = now();
    const request = http.get(`${url}${path}`, { agent }, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part));
      answer.on("end", () => resolve({ began, ended: now(), status: answer.statusCode, body: Buffer.concat(parts).toString() }));
      answer.on("error", reject);
    });
    request.on("error", reject);
  });
}

// The first and the last item of the first and the last bundle, and some in between.
const some = [1, 2, Math.ceil(count / 3), Math.ceil(count / 2), Math.ceil((2 * count) / 3), count - 1, count];
const items = [...new Set(some)].map((number) => `${template}-${number}`);
const found = (answer) => answer.status === 200;
const total = (answer) => (found(answer) ? JSON.parse(answer.body).total_count : 0);
const before = { list: total(await get("/v1/datasets?limit=1")), search: total(await get(`/v1/search?q=${template}&limit=1`)) };
const sorts = {
  page: { path: (item) => `/catalogue/${item}`, seen: found },
  api: { path: (item) => `/v1/datasets/${item}`, seen: found },
  version: { path: (item) => `/v1/datasets/${item}/editions/time-series/versions/1`, seen: found },
  download: { path: (item) => `/v1/files/downloads/${item}/table.csv`, seen: found },
  list: { path: () => "/v1/datasets?limit=1", seen: (answer) => total(answer) - before.list, whole: count },
  feed: { path: (item) => `/catalogue/${item}/feed.atom`, seen: (answer) => found(answer) && answer.body.includes("<entry>") },
  search: { path: () => `/v1/search?q=${template}&limit=1`, seen: (answer) => total(answer) - before.search, whole: count },
};
const names = Object.keys(sorts);
const seen = Object.fromEntries(names.map((name) => [name, { asked: 0, early: 0, first: Infinity, lastWithout: -Infinity, errors: 0, took: [], halves: new Set() }]));

async function read(reader) {
  for (let turn = reader; now() < at + Number(seconds) * 1000; turn += 1) {
    const name = names[turn % names.length];
    const sort = sorts[name];
    const told = seen[name];
    const answer = await get(sort.path(items[(turn * 7 + reader) % items.length])).catch(() => ({ status: 599, began: now(), ended: now() }));
    told.asked += 1;
    if (answer.began >= at - 1000) told.took.push(answer.ended - answer.began);
    if (answer.status >= 500) {
      told.errors += 1;
      continue;
    }
    const what = sort.seen(answer);
    const all = what === true || (sort.whole !== undefined && what >= sort.whole);
    if (what && answer.ended < at) told.early += 1;
    if (all) told.first = Math.min(told.first, answer.ended);
    else told.lastWithout = Math.max(told.lastWithout, answer.began);
    // Of many bundles each is whole by itself; a list between two of them shows a multiple of one.
    // The dataset that was copied is due then too, in a bundle of its own.
    const whole = [what, what - 1].some((some) => some % (count / Number(bundles)) === 0);
    if (what && !all && what !== true && !whole) told.halves.add(what);
  }
}

await new Promise((resolve) => setTimeout(resolve, Math.max(0, at - now() - 3000)));
await Promise.all(Array.from({ length: Number(readers) }, (_, reader) => read(reader)));

const quantile = (list, q) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * q))] ?? NaN;
let wrong = 0;
console.log(["sort".padEnd(9), "asked", "early", "half", "5xx", "first seen ms", "last without ms", "p50 ms", "p99 ms"].join("  "));
for (const name of names) {
  const told = seen[name];
  wrong += told.early + told.halves.size + told.errors + (told.first === Infinity ? 1 : 0);
  const row = [told.asked, told.early, told.halves.size, told.errors, (told.first - at).toFixed(0), (told.lastWithout - at).toFixed(0), quantile(told.took, 0.5).toFixed(1), quantile(told.took, 0.99).toFixed(1)];
  console.log([name.padEnd(9), ...row].join("  "));
}
const last = Math.max(...names.map((name) => seen[name].lastWithout)) - at;
console.log(`everything visible ${last.toFixed(0)} ms after the instant: ${last <= WITHIN ? "within" : "NOT within"} the ${WITHIN} ms wanted`);
process.exit(wrong === 0 ? 0 : 1);
