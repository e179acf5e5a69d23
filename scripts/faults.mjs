// Faults around instants, one after another, on the catalogue that the environment names: faults.mjs BUNDLES PATIENCE.
// BUNDLES are due after an outage; PATIENCE, in milliseconds, is how long all that follows is waited for in the end.
import { backlog } from "./faults/backlog.mjs";
import { broken } from "./faults/broken.mjs";
import { stopped, terminated } from "./faults/database.mjs";
import { filled, full, limited, NO_ROOM, tabled, TOLD_BY_ERRORS } from "./faults/disk.mjs";
import { mirroring } from "./faults/mirroring.mjs";
import { atTheInstant, second, withLease } from "./faults/node.mjs";
import { processing } from "./faults/processing.mjs";
import { down, goOn, lost, slow, stall, wayToStorage } from "./faults/storage.mjs";
import { count, measure, notTried, wrongs } from "./faults/trial.mjs";
import { onPostgres, program } from "./faults/world.mjs";

const [bundles, patience] = process.argv.slice(2).map(Number);

// Runs these faults one after another, or those of them that ONLY names.
async function each(faults) {
  const only = process.env.ONLY?.split(" ");
  await measure();
  for (const [name, fault] of Object.entries(faults)) {
    if (!only || only.includes(name)) await fault().catch((error) => count(`${name}: ${error.message}`));
  }
  return wrongs(patience);
}

async function onSqlite() {
  const own = program({}, TOLD_BY_ERRORS);
  await own.start();
  try {
    return await each({ broken, limited: () => limited(own), filled: () => filled(own), tabled, processing: () => processing(own), backlog: () => backlog(own, bundles) });
  } finally {
    own.signal("SIGTERM");
  }
}

async function onServers() {
  const way = await wayToStorage();
  const settings = { AWS_ENDPOINT_URL: way.url };
  const own = program(settings);
  await own.start();
  let other;
  const nodes = async () => {
    other = await second(settings);
    await withLease(own, other, { stall, goOn });
    for (const before of patience > 0 ? [300, 100, 20, 0] : [100]) await atTheInstant(other, before);
  };
  const mirrored = async () => {
    await own.end();
    await mirroring((more) => program({ ...settings, ...more })).finally(() => own.start());
  };
  const beside = async () => {
    if (process.env.SMALL_DISK !== "true") notTried("a full disk below PostgreSQL", NO_ROOM);
  };
  try {
    return await each({ stopped, terminated, full: beside, down: () => down(way), slow, lost, mirroring: mirrored, backlog: () => backlog(own, bundles), nodes });
  } finally {
    goOn();
    for (const each of [own, other]) each?.signal("SIGCONT");
    for (const each of [own, other]) each?.signal("SIGTERM");
  }
}

// On a small disk that PostgreSQL shares with the program.
async function onSmallDisk() {
  const own = program();
  await own.start();
  try {
    return await each({ full: () => full(own) });
  } finally {
    own.signal("SIGTERM");
  }
}

const onDisk = process.env.ROOM ? onSmallDisk : onServers;
const wrong = await (onPostgres ? onDisk() : onSqlite());
process.exit(wrong === 0 ? 0 : 1);
