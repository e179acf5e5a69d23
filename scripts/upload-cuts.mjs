// Sends one large file in many pieces, with cuts, and kills the program in between; it has to come out whole, in little memory:
// upload-cuts.mjs PROGRAM URL EDITOR BYTES CUTS KILLS SEED. The program's settings come from the environment.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import http from "node:http";
import { node, now, pause, until } from "./program.mjs";
import { caller, newDataset } from "./workflow.mjs";

const [program, url, token, size, cuts, kills, seed] = process.argv.slice(2);
const [SIZE, CUTS, KILLS] = [size, cuts, kills].map(Number);
const CHUNK = 1 << 18;
const MOST_MEMORY = 200_000; // kB
const editor = caller(url, token);
const server = node(program, url);

let state = Number(seed);
function chance() {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
}

// The bytes of the file: each chunk says which it is, so that none can stand in for another. It begins and ends as archives do.
const pattern = Buffer.alloc(CHUNK, "every office counts something else; ");
const LAST = Math.ceil(SIZE / CHUNK) - 1;
const END = 22;
function chunk(number) {
  const bytes = Buffer.from(pattern);
  bytes.writeUInt32BE(number);
  if (number === 0) bytes.write("PK\x03\x04", "latin1");
  const part = bytes.subarray(0, Math.min(CHUNK, SIZE - number * CHUNK));
  if (number === LAST) part.fill(0, part.length - END).write("PK\x05\x06", part.length - END, "latin1");
  return part;
}

function request(method, path, headers, from, upTo) {
  return new Promise((resolve) => {
    const sent = http.request(`${url}${path}`, { method, agent: false, headers: { authorization: `Bearer ${token}`, "tus-resumable": "1.0.0", ...headers } });
    sent.on("response", (answer) => {
      const text = [];
      answer.on("data", (bytes) => text.push(bytes));
      answer.on("end", () => resolve({ status: answer.statusCode, headers: answer.headers, text: Buffer.concat(text).toString() }));
      answer.on("error", () => resolve(null));
    });
    sent.on("error", () => resolve(null));
    if (from === undefined) return sent.end();
    (async () => {
      sent.setMaxListeners(0);
      for (let at = from; at < upTo; ) {
        const part = chunk(Math.floor(at / CHUNK)).subarray(at % CHUNK, Math.min(CHUNK, (at % CHUNK) + upTo - at));
        at += part.length;
        if (sent.destroyed) return;
        if (!sent.write(part)) await new Promise((go) => { sent.once("drain", go); sent.once("close", go); });
      }
      upTo < SIZE ? sent.destroy() : sent.end();
    })();
  });
}

let peak = 0;
function look() {
  try {
    peak = Math.max(peak, Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, "utf8"))?.[1] ?? 0));
  } catch {
    // It is being started.
  }
}

await server.start();
look();
const atStart = peak;
const looking = setInterval(look, 50);
const dataset = `cuts-${seed}`;
await newDataset(editor, dataset);
await editor("POST", `/v1/datasets/${dataset}/editions`, { edition: "all", title: "All" });
await editor("POST", `/v1/datasets/${dataset}/editions/all/versions`, { release_date: "2026-03-02T09:30:00Z" });
const words = { filename: "large.zip", dataset_id: dataset, edition: "all", version: "1" };
const metadata = Object.entries(words).map(([name, value]) => `${name} ${Buffer.from(value).toString("base64")}`).join(",");
const begun = await request("POST", "/v1/files/uploads", { "upload-length": SIZE, "upload-metadata": metadata });
if (begun?.status !== 201) throw new Error(`not begun: ${begun?.status} ${begun?.text}`);
const upload = begun.headers.location;

async function standing() {
  let told;
  const answers = await until(async () => (told = await request("HEAD", upload, {}))?.status === 200, 120000, 50);
  if (!answers) throw new Error(`it is not told where the upload ends: ${told?.status}`);
  return { from: Number(told.headers["upload-offset"]), file: told.headers["content-location"] };
}

const began = now();
const places = Array.from({ length: CUTS }, () => Math.floor(chance() * SIZE)).sort((a, b) => a - b);
const killed = new Set(Array.from({ length: KILLS }, (_, i) => Math.floor(((i + 1) * CUTS) / (KILLS + 1))));
let told = 0;
let last;
let address;
for (let number = 0; number <= CUTS; ) {
  const { from, file } = await standing();
  // The answer to the last bytes may be lost, or the program asked to wait while it made the file: it takes nothing more then.
  if (file && from === SIZE) {
    address = file;
    break;
  }
  if (from < told) throw new Error(`the offset went back from ${told} to ${from}`);
  told = from;
  const upTo = number < CUTS ? Math.max(from, places[number]) : SIZE;
  const headers = { "content-type": "application/offset+octet-stream", "upload-offset": from, "content-length": SIZE - from };
  const sending = request("PATCH", upload, headers, from, upTo);
  if (killed.has(number)) {
    await pause(chance() * 400);
    await server.kill();
    await server.start();
  }
  last = await sending;
  if (last && [409, 423].includes(last.status)) {
    await pause(100);
    continue;
  }
  if (last && number < CUTS && last.status >= 400 && last.status !== 408) throw new Error(`${last.status} ${last.text}`);
  if (number === CUTS && last === null) continue;
  number += 1;
}
address ??= last?.status === 204 ? last.headers["content-location"] : undefined;
if (!address) throw new Error(`it did not end well: ${last?.status} ${last?.text}`);
const file = await editor("GET", address);
const hash = createHash("sha256");
for (let number = 0; number * CHUNK < SIZE; number += 1) hash.update(chunk(number));
clearInterval(looking);
const whole = file.size === SIZE && file.sha256 === hash.digest("hex");
const seconds = ((now() - began) / 1000).toFixed(1);
console.log(`${SIZE} bytes with ${CUTS} cuts and ${KILLS} kills in ${seconds} s, at most ${Math.round(peak / 1000)} MB of memory (${Math.round(atStart / 1000)} MB at its start), ${whole ? "whole" : "DAMAGED"}`);
await server.end();
if (!whole || peak > MOST_MEMORY) process.exit(1);
