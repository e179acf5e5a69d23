// A disk with no room for the database around an instant: by a limit on the size of files, and on a small disk that is really full.
import { openSync, closeSync, statfsSync, unlinkSync, writeSync } from "node:fs";
import { now, pause } from "../program.mjs";
import { newDataset } from "../workflow.mjs";
import { server, start } from "./database.mjs";
import { foundIn, largeTable, ready, send, statusOf } from "./large.mjs";
import { count, notTried, trial } from "./trial.mjs";
import { editor, run, sql, url } from "./world.mjs";

/** From when before the instant until when after it there is no room, in milliseconds. */
const [BEFORE, AFTER] = [1500, 1500];
/** So long before the room is gone the disk below PostgreSQL is filled, which takes a while; in milliseconds. */
const FILLING = 1000;
/** Why a disk is not filled. */
export const NO_ROOM = "this machine lets nobody mount a small one";
/** How many changes are made when there is room again. */
const AFTERWARDS = 12;

/** How a program is started that is told of a file grown too large, as of a full disk, by an error instead of by a signal that ends it. */
export const TOLD_BY_ERRORS = ["bash", "-c", "trap '' XFSZ; exec \"$@\"", "-"];

// Asks for pages and data again and again; how many answers were refused.
async function read(told) {
  const paths = ["/", "/topics", "/v1/datasets?limit=5", "/v1/search?q=the&limit=5", "/v1/topics"];
  for (let turn = 0; !told.stop; turn += 1) {
    const answer = await fetch(`${url}${paths[turn % paths.length]}`).catch(() => null);
    await answer?.arrayBuffer();
    told.asked += 1;
    if (!answer?.ok) {
      told.refused += 1;
      console.log(`  ${paths[turn % paths.length]}: ${answer?.status}`);
    }
    await pause(10);
  }
}

// Whether what is accepted after the fault stays: seen at once over every connection, and there after the program was killed.
async function afterwards(program, name) {
  const ids = Array.from({ length: AFTERWARDS }, (_, i) => `${name}-afterwards-${i + 1}`);
  const accepted = [];
  const missing = async () => {
    const looks = accepted.map((id) => editor("GET", `/v1/datasets/${id}`).then(() => 0, () => 1));
    return (await Promise.all(looks)).reduce((sum, each) => sum + each, 0);
  };
  let unseen = 0;
  let refused;
  for (const id of ids) {
    await newDataset(editor, id).then(() => accepted.push(id), (error) => (refused = error.message));
    unseen += await missing();
    if (refused) break;
  }
  await program.kill();
  await program.start();
  const gone = await missing();
  console.log(`  afterwards ${accepted.length} of ${ids.length} changes accepted, ${unseen} looks that did not see them, ${gone} of them gone when the program was killed`);
  if (refused) count(`a change refused though there is room again: ${refused}`);
  if (unseen > 0) count("what was accepted is not seen");
  if (gone > 0) count("what was accepted is lost");
}

async function without(program, title, name, take, give) {
  const told = { stop: false, asked: 0, refused: 0 };
  const options = {
    fault: async ({ at, told: looks }) => {
      await pause(at - BEFORE - now());
      // An empty log, which has to grow for whatever is written.
      await sql("PRAGMA wal_checkpoint(TRUNCATE)");
      await take();
      const reading = read(told);
      await pause(at + AFTER - now());
      if (looks.some((one) => one.seen.some((look) => look.count > 0))) options.but.push("there was room for a publication");
      told.stop = true;
      await reading;
      await give();
      options.more = `, ${told.refused} of ${told.asked} reads refused meanwhile`;
      if (told.refused > 0) options.but.push("reads were refused");
      return now();
    },
    but: [],
  };
  await trial(title, name, options);
  await afterwards(program, name);
}

export async function limited(program) {
  const limit = (size) => run("prlimit", ["--pid", String(program.pid), `--fsize=${size}:`]);
  await without(program, "no file may grow (RLIMIT_FSIZE) from 1.5 s before the instant to 1.5 s after", "limited", () => limit(1), () => limit("unlimited"));
}

// Writes until not a byte fits any longer.
function fill(filler) {
  const file = openSync(filler, "w");
  for (const size of [1 << 20, 4096, 1]) {
    try {
      for (;;) writeSync(file, Buffer.alloc(size));
    } catch (error) {
      if (error.code !== "ENOSPC") throw error;
    }
  }
  closeSync(file);
}

/** Leaves so many bytes of room, so that what is left is filled in no time. */
function leave(folder, bytes, filler) {
  const { bavail, bsize } = statfsSync(folder);
  const piece = Buffer.alloc(1 << 20);
  const file = openSync(filler, "w");
  for (let left = bavail * bsize - bytes; left > piece.length; left -= piece.length) writeSync(file, piece);
  closeSync(file);
}

export async function filled(program) {
  const { ROOM } = process.env;
  if (!ROOM) return notTried("a full disk", NO_ROOM);
  const filler = `${ROOM}/filler`;
  await without(program, "the disk full (ENOSPC) from 1.5 s before the instant to 1.5 s after", "filled", () => fill(filler), () => unlinkSync(filler));
}

/** Uses up the files that PostgreSQL made ahead for its log: it ends with the first for which there is no room. */
const USE_UP = "DO $$ BEGIN FOR n IN 1..200 LOOP PERFORM pg_logical_emit_message(false, 'full', 'x'); PERFORM pg_switch_wal(); END LOOP; END $$";

// Below PostgreSQL: it ends when its log can grow no more, cannot start either, and is started when there is room again.
export async function full(program) {
  const filler = `${process.env.ROOM}/filler`;
  const own = await server();
  const options = {
    fault: async ({ at, told }) => {
      await pause(at - BEFORE - FILLING - now());
      fill(filler);
      try {
        await pause(at - BEFORE - now());
        if (await sql(USE_UP).then(() => true, () => false)) options.but.push("there was room for the log");
        await pause(at + AFTER - now());
        if (told.some((one) => one.seen.some((look) => look.count > 0))) options.but.push("there was room for a publication");
      } finally {
        unlinkSync(filler);
      }
      return start(own);
    },
    but: [],
  };
  await trial("the disk below PostgreSQL full (ENOSPC) from 1.5 s before the instant to 1.5 s after", "full", options);
  await afterwards(program, "full");
}

// No room while a large table is made ready for questions: nothing is said of it before there is room again, and then the same as ever.
export async function tabled() {
  const { ROOM } = process.env;
  if (!ROOM) return notTried("a full disk while a table file is written", NO_ROOM);
  const bytes = largeTable();
  const undisturbed = await send("with-room", bytes);
  const usual = await ready(undisturbed);
  // Room for the table as it is sent, kept under its name and noted, but hardly for more.
  const [most, filler] = [`${ROOM}/most`, `${ROOM}/filler`];
  leave(ROOM, 2 * bytes.length, most);
  const file = await send("without-room", bytes);
  await pause(usual / 8);
  fill(filler);
  try {
    // Long enough for the look to come to where it writes.
    await pause(usual * 2 + 1000);
    const { state } = await statusOf(file);
    if (state === "ready") count("a table is ready though there was no room for it");
    const answer = await fetch(`${url}/`).catch(() => null);
    await answer?.arrayBuffer();
    if (!answer?.ok) count(`pages are not read meanwhile: ${answer?.status}`);
  } finally {
    unlinkSync(filler);
    unlinkSync(most);
  }
  const later = await ready(file);
  if ((await foundIn(file)) !== (await foundIn(undisturbed))) count("something else was found than with room");
  const { attempts } = await statusOf(file);
  console.log(`the disk full (ENOSPC) while a table of ${bytes.length} bytes was made ready: ready ${later.toFixed(0)} ms after there was room again, at the ${attempts}. try`);
}
