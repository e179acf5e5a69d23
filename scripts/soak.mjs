// Kills the program at random around the instants of publications and looks whether anything is early, half, twice or lost:
// soak.mjs PROGRAM URL EDITOR APPROVER ENVIRONMENT-TOKEN RUNS SEED. The program's settings come from the environment.
import { judge, node, now, pause, watch } from "./program.mjs";
import { approvedBundle, approvedVersion, caller, newDataset, schedule, unfinished } from "./workflow.mjs";

const [program, url, editorToken, approverToken, environmentToken, runs, seed] = process.argv.slice(2);
const [editor, approver, anybody] = [caller(url, editorToken), caller(url, approverToken), caller(url, environmentToken)];
// How many datasets a bundle holds, and how far before and after its instant the program is killed, in milliseconds.
const DATASETS = 4;
const AROUND = 250;
// How long after it answers again everything has to be public, in milliseconds.
const CATCH_UP = 2000;

// How long follow-up work may be held by a program that was killed, in milliseconds.
const HELD = 90000;
// How long a start may take until it is killed, in milliseconds.
const LAUNCH = 1500;

// Numbers from 0 to 1, the same for the same seed (mulberry32).
let state = Number(seed);
function chance() {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
}

const server = node(program, url);
const published = [];
const found = { early: 0, half: 0, vanished: 0, twice: 0, lost: 0, late: 0, killedBefore: 0, catchUp: [] };

async function run(number) {
  const ids = Array.from({ length: DATASETS }, (_, i) => `soak-${seed}-${number}-${i + 1}`);
  const contents = [];
  for (const id of ids) {
    await newDataset(editor, id);
    contents.push(await approvedVersion(editor, approver, id, "time-series"));
  }
  const path = await approvedBundle(editor, approver, `Soak ${seed} ${number}`, contents);
  const at = Math.ceil(now() + AROUND + 400);
  await schedule(approver, path, at);
  const told = { stop: false, seen: [] };
  const watching = watch(url, ids, told);
  await pause(at + (2 * chance() - 1) * AROUND - now());
  await server.kill();
  if (!told.seen.some((look) => look.count > 0)) found.killedBefore += 1;
  // Every other time once more while it starts: what it then finds overdue was never looked at ahead and takes a lease.
  if (number % 2 === 0) {
    server.launch();
    await pause(chance() * LAUNCH);
    await server.kill();
  }
  const back = await server.start();
  const deadline = Math.max(at, back) + 10 * CATCH_UP;
  while (!told.seen.some((look) => look.began >= back && look.count === DATASETS) && now() < deadline) await pause(5);
  told.stop = true;
  await watching;

  const verdict = judge(told.seen, DATASETS, at, back);
  for (const kind of ["early", "half", "vanished"]) found[kind] += verdict[kind];
  found.catchUp.push(verdict.catchUp);
  if (verdict.catchUp > CATCH_UP) found.late += 1;
  const timeline = (await anybody("GET", `${path}/timeline?limit=1000`)).items;
  found.twice += Math.abs(timeline.filter((event) => event.event_type === "published").length - 1);
  const trail = await anybody("GET", "/v1/audit/verify");
  if (!trail.intact) found.lost += 1;
  published.push(path);
}

await server.start();
try {
  for (let number = 1; number <= Number(runs); number += 1) await run(number);
  // Everything that follows is done too, in the end: what a kill interrupts is taken up when nobody holds it any more.
  found.lost += (await unfinished(anybody, published, HELD)).length;
} finally {
  server.signal("SIGTERM");
}
const sorted = [...found.catchUp].sort((a, b) => a - b);
console.log(`${runs} kills (seed ${seed}), ${found.killedBefore} of them before anything was seen: early ${found.early}, half ${found.half}, vanished ${found.vanished}, published twice ${found.twice}, records or follow-up work lost ${found.lost}`);
console.log(`public again after the program answers: median ${sorted[Math.floor(sorted.length / 2)].toFixed(0)} ms, longest ${sorted[sorted.length - 1].toFixed(0)} ms`);
const { early, half, vanished, twice, lost, late } = found;
process.exit(early + half + vanished + twice + lost + late === 0 ? 0 : 1);
