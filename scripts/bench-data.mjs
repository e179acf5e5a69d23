// Sends a table, waits until it was looked into, and publishes it.
// bench-data.mjs URL EDITOR-TOKEN APPROVER-TOKEN OPERATOR-TOKEN DATASET FILE
import { openAsBlob } from "node:fs";
import { basename } from "node:path";
import { performance } from "node:perf_hooks";
import { approvedBundle, caller, newDataset } from "./workflow.mjs";

const [url, editorToken, approverToken, operatorToken, dataset, path] = process.argv.slice(2);
const [editor, approver, operator] = [editorToken, approverToken, operatorToken].map((token) => caller(url, token));
const edition = "bench";

await newDataset(editor, dataset);
await editor("POST", `/v1/datasets/${dataset}/editions`, { edition, title: edition });
const versions = `/v1/datasets/${dataset}/editions/${edition}/versions`;
await editor("POST", versions, { release_date: "2026-03-02T09:30:00Z" });
const form = new FormData();
for (const [field, value] of Object.entries({ dataset_id: dataset, edition, version: "1" })) form.set(field, value);
const file = await openAsBlob(path, { type: "text/csv" });
form.set("file", file, basename(path));

const began = performance.now();
const sent = await editor("POST", "/v1/files/upload", form);
const arrived = performance.now();
let status;
do {
  await new Promise((resolve) => setTimeout(resolve, 20));
  status = await editor("GET", `/v1/files/${sent.id}/status`);
  if (status.state === "failed") throw new Error(JSON.stringify(status));
} while (status.state !== "ready");
const ready = performance.now();
const rate = (from, to) => `${(file.size / 1e3 / (to - from)).toFixed(0)} MB/s`;
console.log(`sent at ${rate(began, arrived)}; looked into at ${rate(arrived, ready)} (${((ready - arrived) / 1000).toFixed(1)} s)`);

await editor("PUT", `${versions}/1/submit`, {});
await approver("PUT", `${versions}/1/approve`, {});
const bundle = await approvedBundle(editor, approver, dataset, [{ dataset_id: dataset, edition, version: "1" }]);
await operator("POST", `${bundle}/publish`, { reason: "measured" });
let bundleState;
do bundleState = (await editor("GET", bundle)).state; while (bundleState === "publishing");
if (bundleState !== "published") throw new Error(`the bundle is ${bundleState}`);
