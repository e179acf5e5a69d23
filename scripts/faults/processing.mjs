// The program killed at any moment while it looks into a large table: taken up again, found the same, nothing half of it left or seen.
import { readdirSync } from "node:fs";
import { pause } from "../program.mjs";
import { digestOf, foundIn, largeTable, ready, send, statusOf } from "./large.mjs";
import { count } from "./trial.mjs";
import { databaseName, editor, one, url } from "./world.mjs";

/** How often it is killed; a look that ended without a word five times is given up. */
const KILLS = 4;
/** Names of what is only there while something is made. */
const UNFINISHED = /^(made-|sent-|\.upload|\.held)/u;

const places = () => readdirSync(process.env.DATA_DIR, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
const objects = () => new Set(places().filter((entry) => entry.parentPath.includes("/objects/")).map((entry) => `${entry.parentPath}/${entry.name}`));

// Nobody outside sees anything of it, and the version cannot go on, as long as the table was not looked into.
async function halfSeen(file) {
  const outside = await fetch(`${url}/v1/datasets/killed`);
  await outside.arrayBuffer();
  if (outside.status !== 404) count(`the dataset is seen outside: ${outside.status}`);
  const early = await one(`SELECT count(*) FROM files WHERE id = '${file.id}' AND state <> 'ready' AND profile IS NOT NULL`);
  if (early > 0) count("something is said of a table that was not looked into");
  const submitted = await editor("PUT", "/v1/datasets/killed/editions/all/versions/1/submit", {}).then(() => true, () => false);
  if (submitted) count("a version was submitted before its table was looked into");
}

export async function processing(own) {
  const bytes = largeTable();
  const undisturbed = await send("undisturbed", bytes);
  const usual = await ready(undisturbed);
  const before = objects();
  const file = await send("killed", bytes);
  let kills = 0;
  while (kills < KILLS) {
    await pause(usual * (0.05 + Math.random() * 0.7));
    if ((await statusOf(file)).state === "ready") break;
    await own.kill();
    kills += 1;
    await own.start();
    if ((await statusOf(file)).state !== "ready") await halfSeen(file);
  }
  if (kills === 0) count("the table was looked into too fast for the program to be killed meanwhile");
  await ready(file);
  const { attempts } = await statusOf(file);
  if (attempts !== kills + 1) count(`${attempts} tries after ${kills} kills`);
  if (file.sha256 !== digestOf(bytes)) count("other bytes were kept than were sent");
  if ((await foundIn(file)) !== (await foundIn(undisturbed))) count("something else was found than without the kills");
  // Each object stands beside two files of what is known of it; all of them are named after the file, in one way or another.
  const added = [...objects()].filter((path) => !before.has(path) && path.split("/").pop() !== file.id && !path.split("/").pop().startsWith("."));
  if (added.length > 0) count(`left behind: ${added.join(", ")}`);
  const unfinished = places().map((entry) => entry.name).filter((name) => UNFINISHED.test(name));
  if (unfinished.length > 0) count(`left unfinished: ${unfinished.join(", ")}`);
  await editor("PUT", "/v1/datasets/killed/editions/all/versions/1/submit", {});
  console.log(`killed ${kills} times while a table of ${bytes.length} bytes was looked into, on ${databaseName}: ready at the ${attempts}. try, ${usual.toFixed(0)} ms without a kill`);
}
