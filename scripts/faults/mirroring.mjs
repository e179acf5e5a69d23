// The program killed at any moment while it copies a large file to the public bucket: in the end it is there once, whole; never half.
import { now, pause, until } from "../program.mjs";
import { approvedBundle, schedule } from "../workflow.mjs";
import { digestOf, largeTable, ready, send } from "./large.mjs";
import { count } from "./trial.mjs";
import { anybody, approver, databaseName, editor, url } from "./world.mjs";

const KILLS = 4;
/** The longest that the program goes on before it is killed, in milliseconds. */
const LONGEST = 400;
const PATIENCE = 120_000;
const BUCKET = "faults-public";
/** What keys look like; a part of each cannot be guessed. */
const KEY = /^datasets\/mirrored\/all\/1\/[0-9a-f-]{36}\/large\.csv$/u;

// One request to the storage past the program.
function storage(path, init) {
  const authorization = "AWS4-HMAC-SHA256 Credential=testing/20260101/eu-west-2/s3/aws4_request, SignedHeaders=host, Signature=0";
  return fetch(new URL(path, process.env.TEST_S3_ENDPOINT), { ...init, headers: { authorization } });
}

const named = async (query, word) => [...(await (await storage(`/${BUCKET}?${query}`)).text()).matchAll(new RegExp(`<${word}>([^<]*)</${word}>`, "gu"))].map(([, name]) => name);

// Looks again and again: an object in the public bucket is whole, and so is a download that comes to its end.
async function watchBytes(digest, told) {
  while (!told.stop) {
    for (const key of await named("list-type=2", "Key").catch(() => [])) {
      const object = await storage(`/${BUCKET}/${key}`).catch(() => null);
      if (object?.ok && digestOf(Buffer.from(await object.arrayBuffer())) !== digest) told.wrong += 1;
      else await object?.arrayBuffer().catch(() => null);
    }
    const answer = await fetch(`${url}/v1/files/downloads/mirrored/large.csv`, { redirect: "manual" }).catch(() => null);
    const bytes = await answer?.arrayBuffer().catch(() => null);
    if (answer?.status === 200 && bytes && digestOf(Buffer.from(bytes)) !== digest) told.wrong += 1;
    if (answer && ![200, 302].includes(answer.status)) told.refused += 1;
    told.looks += 1;
    await pause(20);
  }
}

// `make` starts a program with more settings; the one beside it is not running meanwhile.
export async function mirroring(make) {
  const place = "<CreateBucketConfiguration><LocationConstraint>eu-west-2</LocationConstraint></CreateBucketConfiguration>";
  const made = await storage(`/${BUCKET}`, { method: "PUT", body: place });
  if (!made.ok) throw new Error(`no bucket: ${made.status} ${await made.text()}`);
  const own = make({ S3_BUCKET_NAME: BUCKET, DELIVERY_BACKOFF: "1s" });
  await own.start();
  const told = { stop: false, wrong: 0, refused: 0, looks: 0 };
  let watching;
  try {
    const bytes = largeTable();
    const digest = digestOf(bytes);
    await ready(await send("mirrored", bytes));
    const version = "/v1/datasets/mirrored/editions/all/versions/1";
    await editor("PUT", `${version}/submit`, {});
    await approver("PUT", `${version}/approve`, {});
    const path = await approvedBundle(editor, approver, "Mirrored", [{ dataset_id: "mirrored", edition: "all", version: "1" }]);
    await schedule(approver, path, Math.ceil(now() + 2000));
    const status = () => anybody("GET", `${path}/status`);
    if (!(await until(async () => (await status()).state === "published", PATIENCE, 5))) throw new Error("it was not published");
    watching = watchBytes(digest, told);
    const copied = async () => (await status()).steps.some((step) => step.name.startsWith("public_copy") && step.state === "done");
    let kills = 0;
    for (; kills < KILLS && !(await copied()); kills += 1) {
      await pause(Math.random() * LONGEST);
      await own.kill();
      await own.start();
    }
    if (kills === 0) count("the file was copied too fast for the program to be killed meanwhile");
    if (!(await until(copied, PATIENCE, 50))) count("the copy was never concluded");
    told.stop = true;
    await watching;
    const keys = await named("list-type=2", "Key");
    if (keys.length !== 1 || !KEY.test(keys[0])) count(`in the public bucket: ${keys.join(", ")}`);
    const kept = await storage(`/${BUCKET}/${keys[0]}`);
    if (digestOf(Buffer.from(await kept.arrayBuffer())) !== digest) count("the copy is not what was published");
    if (told.wrong > 0) count(`${told.wrong} of ${told.looks} looks saw other bytes than were published`);
    const answer = await fetch(`${url}/v1/files/downloads/mirrored/large.csv`, { redirect: "manual" });
    await answer.arrayBuffer();
    if (answer.status !== 302) count(`downloads do not lead to the copy: ${answer.status}`);
    // Nobody can read those; a lifecycle rule of the bucket is what removes them.
    const unfinished = await named("uploads", "UploadId");
    console.log(`killed ${kills} times while ${bytes.length} bytes were copied to the public bucket, on ${databaseName}: ${told.looks} looks, ${told.refused} refused while nothing ran or by a busy program, ${unfinished.length} uploads left for the bucket's rule`);
  } finally {
    told.stop = true;
    await watching;
    await own.end().catch(() => {});
  }
}
