// Kills the program at random around the instants of publications and looks whether anything is early, half, twice or lost:
// soak.mjs PROGRAM URL EDITOR APPROVER ENVIRONMENT-TOKEN RUNS SEED. The program's settings come from the environment.
import { spawn } from "node:child_process";
import { approvedBundle, approvedVersion, caller, newDataset, schedule } from "./workflow.mjs";

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

const now = () => performance.timeOrigin + performance.now();
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));

// Numbers from 0 to 1, the same for the same seed (mulberry32).
let state = Number(seed);
function chance() {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
}

let server;
function launch() {
  server = spawn(program, ["serve"], { stdio: ["ignore", "ignore", "inherit"] });
}

async function start() {
  launch();
  const own = server;
  const deadline = now() + 60000;
  for (;;) {
    if (own.exitCode !== null || now() > deadline) throw new Error("the program does not start");
    const answer = await fetch(`${url}/health`).catch(() => null);
    await answer?.arrayBuffer();
    if (answer?.ok) return now();
    await pause(5);
  }
}

async function kill() {
  if (server.exitCode !== null || server.signalCode !== null) throw new Error("the program ended by itself");
  const ended = new Promise((resolve) => server.once("exit", resolve));
  server.kill("SIGKILL");
  await ended;
}

// How many of these datasets the public sees: asked again and again, while nothing answers too, until told to stop.
function watch(ids, told) {
  const path = `${url}/v1/datasets?id=${ids.join(",")}`;
  return (async () => {
    while (!told.stop) {
      const began = now();
      const answer = await fetch(path).catch(() => null);
      const count = answer?.ok ? (await answer.json().catch(() => null))?.total_count : undefined;
      if (count !== undefined) told.seen.push({ began, ended: now(), count });
      await pause(answer === null ? 5 : 1);
    }
  })();
}

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
  const watching = watch(ids, told);
  await pause(at + (2 * chance() - 1) * AROUND - now());
  await kill();
  if (!told.seen.some((look) => look.count > 0)) found.killedBefore += 1;
  // Every other time once more while it starts: what it then finds overdue was never looked at ahead and takes a lease.
  if (number % 2 === 0) {
    launch();
    await pause(chance() * LAUNCH);
    await kill();
  }
  const back = await start();
  const deadline = Math.max(at, back) + 10 * CATCH_UP;
  while (!told.seen.some((look) => look.began >= back && look.count === DATASETS) && now() < deadline) await pause(5);
  told.stop = true;
  await watching;

  const whole = told.seen.filter((look) => look.count === DATASETS);
  const first = Math.min(...whole.map((look) => look.ended));
  found.early += told.seen.filter((look) => look.count > 0 && look.ended < at).length;
  found.half += told.seen.filter((look) => look.count > 0 && look.count < DATASETS).length;
  found.vanished += told.seen.filter((look) => look.began > first && look.count === 0).length;
  const again = whole.filter((look) => look.began >= back);
  const catchUp = again.length > 0 ? Math.min(...again.map((look) => look.ended)) - Math.max(at, back) : Infinity;
  found.catchUp.push(Math.max(0, catchUp));
  if (catchUp > CATCH_UP) found.late += 1;
  const timeline = (await anybody("GET", `${path}/timeline?limit=1000`)).items;
  found.twice += Math.abs(timeline.filter((event) => event.event_type === "published").length - 1);
  const verdict = await anybody("GET", "/v1/audit/verify");
  if (!verdict.intact) found.lost += 1;
  published.push(path);
}

// Everything that follows is done too, in the end: what a kill interrupts is taken up when nobody holds it any more.
async function settle() {
  const deadline = now() + HELD;
  for (const path of published) {
    let status = await anybody("GET", `${path}/status`);
    while (status.steps.some((step) => step.state !== "done") && now() < deadline) {
      await pause(200);
      status = await anybody("GET", `${path}/status`);
    }
    if (status.state !== "published" || status.steps.length === 0 || status.steps.some((step) => step.state !== "done")) {
      found.lost += 1;
      console.log(`${path}: ${status.state}, ${JSON.stringify(status.steps)}`);
    }
  }
}

await start();
try {
  for (let number = 1; number <= Number(runs); number += 1) await run(number);
  await settle();
} finally {
  server.kill();
}
const sorted = [...found.catchUp].sort((a, b) => a - b);
console.log(`${runs} kills (seed ${seed}), ${found.killedBefore} of them before anything was seen: early ${found.early}, half ${found.half}, vanished ${found.vanished}, published twice ${found.twice}, records or follow-up work lost ${found.lost}`);
console.log(`public again after the program answers: median ${sorted[Math.floor(sorted.length / 2)].toFixed(0)} ms, longest ${sorted[sorted.length - 1].toFixed(0)} ms`);
const { early, half, vanished, twice, lost, late } = found;
process.exit(early + half + vanished + twice + lost + late === 0 ? 0 : 1);
