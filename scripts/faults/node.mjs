// Two nodes over one PostgreSQL, one of which stands still at an instant for longer than its lease.
import { mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { node, now, pause, until } from "../program.mjs";
import { count, trial } from "./trial.mjs";
import { anybody, programFile, sql } from "./world.mjs";

const LEASE = Number(process.env.LEASE_MS);
/** How long the database leaves a silent node what it holds ready (docs/adr/0020), in milliseconds. */
const SILENCE = 5000;
const nameOf = async (folder) => (await readFile(`${folder}/node`, "utf8")).trim();

// A second node beside the first: its own folder and address, the same database, storage and key.
export async function second(settings) {
  const { DATA_DIR, PORT_OF_SECOND } = process.env;
  const folder = `${DATA_DIR}-second`;
  mkdirSync(folder, { recursive: true });
  const other = node([programFile], `http://127.0.0.1:${PORT_OF_SECOND}`, {
    ...settings,
    DATA_DIR: folder,
    BIND_ADDR: `127.0.0.1:${PORT_OF_SECOND}`,
  });
  await other.start();
  return { ...other, name: await nameOf(folder), signal: other.signal, end: other.end };
}

// The one that has the lease is stopped while the storage keeps it waiting; the other publishes; the first finds nothing to do.
export async function withLease(first, other, storage) {
  const lease = Math.ceil(LEASE / 1000);
  let after;
  const found = await trial(`the node with the lease (${lease} s) stopped, gone on when the other had published`, "leased", {
    count: 1,
    ahead: 400,
    catchUp: 2000 + LEASE,
    why: "it is counted while the node still stands, whose lease has to run out",
    before: storage.stall,
    fault: async ({ at, made }) => {
      const holder = `SELECT lease_node FROM bundles WHERE id = '${made[0].id}' AND state = 'publishing'`;
      if (!(await until(async () => (await sql(holder)).length > 0, 10000, 20))) throw new Error("no node took the lease");
      const own = (await sql(holder))[0][0];
      const held = own === other.name ? other : first;
      held.signal("SIGSTOP");
      storage.goOn();
      const since = now();
      const published = async () => (await sql(`SELECT state FROM bundles WHERE id = '${made[0].id}'`))[0][0] === "published";
      if (!(await until(published, LEASE + 10000, 20))) count("the other node did not take over");
      after = JSON.stringify(await sql(`SELECT revision, published_at FROM bundles WHERE id = '${made[0].id}'`));
      held.signal("SIGCONT");
      // The one that stood still finishes what it had begun, and may try again what it finds due.
      await pause(1500);
      return Math.max(at, since);
    },
  });
  const then = JSON.stringify(await sql(`SELECT revision, published_at FROM bundles WHERE id = '${found.made[0].id}'`));
  if (then !== after) count(`the node that stood still overwrote ${after} with ${then}`);
}

// A node that stands still in the middle of what it does just before the instant: the other publishes all the same.
export async function atTheInstant(other, before) {
  await trial(`one of two nodes stopped ${before} ms before the instant, both had looked ahead`, `still${before}`, {
    ahead: 3000,
    catchUp: SILENCE + 2000,
    why: "it is counted from the instant, while the node still stands, and the database waits for it so long",
    fault: async ({ at, made, told }) => {
      await pause(at - before - now());
      other.signal("SIGSTOP");
      const whole = (one) => one.seen.some((look) => look.began >= at && look.count === made[0].ids.length);
      if (!(await until(() => told.every(whole), SILENCE + LEASE + 10000))) count("the other node did not publish while one stood still");
      other.signal("SIGCONT");
      await pause(1000);
      return at;
    },
  });
}
