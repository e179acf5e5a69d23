// A large table, and what is known of it: for faults while it is looked into or copied.
import { createHash } from "node:crypto";
import { now, until } from "../program.mjs";
import { newDataset } from "../workflow.mjs";
import { editor, sql } from "./world.mjs";

/** Large enough to be looked into afterwards, and for a while; in bytes. */
const SIZE = 40_000_000;
/** How long a look into it is waited for at all, in milliseconds. */
const PATIENCE = 300_000;

export const digestOf = (bytes) => createHash("sha256").update(bytes).digest("hex");

// The table, the same every time.
export function largeTable() {
  const lines = ["Area,Year,Code,Value"];
  for (let row = 0, size = 0; size < SIZE; row += 1) {
    const line = `Area ${row % 50},${2000 + (row % 25)},code-${row % 997},${((row * 7919) % 100_003) / 10}`;
    lines.push(line);
    size += line.length + 1;
  }
  return Buffer.from(`${lines.join("\n")}\n`);
}

// Sends the table for the first version of a new dataset; its file as it is answered, which is before it was looked into.
export async function send(dataset, bytes) {
  await newDataset(editor, dataset);
  await editor("POST", `/v1/datasets/${dataset}/editions`, { edition: "all", title: "All" });
  await editor("POST", `/v1/datasets/${dataset}/editions/all/versions`, { release_date: "2026-03-02T09:30:00Z" });
  const form = new FormData();
  for (const [field, value] of Object.entries({ dataset_id: dataset, edition: "all", version: "1" })) form.set(field, value);
  form.set("file", new File([bytes], "large.csv", { type: "text/csv" }));
  return editor("POST", "/v1/files/upload", form);
}

export const statusOf = (file) => editor("GET", `/v1/files/${file.id}/status`);

// Waits until the file is ready; how long that was, in milliseconds.
export async function ready(file) {
  const began = now();
  let last;
  const over = await until(async () => {
    last = await statusOf(file);
    return ["ready", "failed"].includes(last.state);
  }, PATIENCE, 50);
  if (!over || last.state !== "ready") throw new Error(`the table is ${last.state} after ${Math.round(now() - began)} ms: ${last.last_error}`);
  return now() - began;
}

// What was found in a file, as it is kept.
export const foundIn = async (file) => JSON.stringify(await sql(`SELECT sha256, size, profile FROM files WHERE id = '${file.id}'`));
