// A storage that is away, slow, or has lost bytes around an instant.
import { connect, createServer } from "node:net";
import { now, pause, until } from "../program.mjs";
import { schedule } from "../workflow.mjs";
import { count, judged, tell, trial } from "./trial.mjs";
import { anybody, approver, sql } from "./world.mjs";

/** On the instant, in milliseconds: what nothing has to be looked at for any more. */
const ON_THE_INSTANT = 1000;
const target = new URL(process.env.TEST_S3_ENDPOINT ?? "http://127.0.0.1");

// A way to the storage that can be closed: the foreign S3 keeps everything in memory and would come back empty, were it ended.
export async function wayToStorage() {
  const open = new Set();
  const server = createServer((client) => {
    const there = connect(target.port, target.hostname);
    for (const [socket, other] of [[client, there], [there, client]]) {
      open.add(socket);
      socket.on("error", () => {}).on("close", () => other.destroy(open.delete(socket)));
      socket.pipe(other);
    }
  });
  const listen = (port) => new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  await listen(0);
  const { port } = server.address();
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of open) socket.destroy();
      await closed;
    },
    open: () => listen(port),
  };
}

// Stopped without being ended: it takes connections and answers nothing.
export const stall = () => process.kill(Number(process.env.TEST_S3_PID), "SIGSTOP");
export const goOn = () => process.kill(Number(process.env.TEST_S3_PID), "SIGCONT");

// What was looked at ahead is published on the instant, whatever the storage does then.
async function ahead(title, name, away, back) {
  let found;
  found = await judged(name, {
    fault: async ({ at }) => {
      await pause(at - 300 - now());
      await away();
      await pause(at + 1500 - now());
      await back();
      return at;
    },
  });
  tell(title, found, { catchUp: ON_THE_INSTANT, but: found.lateness > ON_THE_INSTANT ? ["not on the instant"] : [] });
}

// What nobody could look at before waits whole, and is published when the storage answers again.
async function unseen(title, name, away, back) {
  await trial(title, name, {
    ahead: 400,
    catchUp: 2 * Number(process.env.LEASE_MS) + 2000,
    why: "a node that was silent on a request of its own may hold on to its lease a little longer",
    before: away,
    fault: async ({ at, told }) => {
      await pause(at + 1500 - now());
      if (told.some((one) => one.seen.some((look) => look.count > 0))) count("published without a look at the bytes");
      await back();
      return now();
    },
  });
}

export async function down(way) {
  await ahead("the storage away at the instant, looked at ahead", "away", () => way.close(), () => way.open());
  await unseen("the storage away, never looked at", "unseen", () => way.close(), () => way.open());
}

export async function slow() {
  await ahead("the storage silent (SIGSTOP) at the instant, looked at ahead", "silent", stall, goOn);
  await unseen("the storage silent (SIGSTOP), never looked at", "mute", stall, goOn);
}

// One request to the storage past the program; its answer's bytes.
async function object(key, init) {
  // The foreign S3 wants to be told who asks, and does not look whether it is true.
  const authorization = "AWS4-HMAC-SHA256 Credential=testing/20260101/eu-west-2/s3/aws4_request, SignedHeaders=host, Signature=0";
  const address = new URL(`/${process.env.S3_PRIVATE_BUCKET_NAME}/${key}`, target);
  const answer = await fetch(address, { ...init, headers: { authorization } });
  if (!answer.ok) throw new Error(`${init?.method ?? "GET"} ${key}: ${answer.status}`);
  return answer.arrayBuffer();
}

// The bytes of one file gone: the bundle fails with the reason, nothing of it is public, and it can be tried again over the API.
export async function lost() {
  let key;
  let bytes;
  const take = async ([{ ids }]) => {
    const of = `SELECT object_key FROM files WHERE version_id IN (SELECT id FROM versions WHERE dataset_id = '${ids[0]}')`;
    key = (await sql(of))[0][0];
    bytes = await object(key);
    await object(key, { method: "DELETE" });
  };
  await trial("bytes lost by the storage, put back, and tried again over the API", "lost", {
    count: 1,
    before: take,
    fault: async ({ made, told }) => {
      const status = () => anybody("GET", `${made[0].path}/status`);
      if (!(await until(async () => (await status()).state === "failed", 20000, 50))) count("the bundle did not fail");
      const { failure } = await status();
      if (!JSON.stringify(failure ?? "").includes("bytes")) count(`no reason told: ${JSON.stringify(failure)}`);
      if (told[0].seen.some((look) => look.count > 0)) count("something of a failed bundle is public");
      await object(key, { method: "PUT", body: bytes });
      const at = Math.ceil(now() + 1500);
      await approver("PUT", `${made[0].path}/retry`, { reason: "Put back", publication_date: new Date(at).toISOString() });
      return at;
    },
  });
}
