// Times the steps of the workflow one after another over the API, each against one bare synced commit of the same database.
// bench-workflow.mjs URL EDITOR-TOKEN APPROVER-TOKEN ROUNDS BARE-COMMIT-MS NAME
import { performance } from "node:perf_hooks";
import { approvedVersion, caller, newDataset } from "./workflow.mjs";

const [url, editorToken, approverToken, rounds, bare, name] = process.argv.slice(2);
const [editor, approver] = [caller(url, editorToken), caller(url, approverToken)];
const times = { create: [], submit: [], approve: [], schedule: [] };

async function timed(step, who, ...request) {
  const began = performance.now();
  const answer = await who(...request);
  times[step].push(performance.now() - began);
  return answer;
}

const dataset = `bench-${Date.now().toString(36)}`;
await newDataset(editor, dataset);

for (let i = 0; i < Number(rounds); i += 1) {
  // A version of its own for each bundle, prepared outside the timing.
  const item = await approvedVersion(editor, approver, dataset, `e${i}`);

  const bundle = await timed("create", editor, "POST", "/v1/bundles", { title: `${dataset} ${i}`, type: "scheduled" });
  const path = `/v1/bundles/${bundle.id}`;
  await editor("POST", `${path}/contents`, item);
  await timed("submit", editor, "PUT", `${path}/submit`, {});
  await timed("approve", approver, "PUT", `${path}/approve`, {});
  const publication_date = new Date(Date.now() + 365 * 24 * 3600 * 1000).toISOString();
  await timed("schedule", approver, "PUT", `${path}/schedule`, { publication_date });
}

const quantile = (list, q) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * q))];
for (const [step, list] of Object.entries(times)) {
  const p50 = quantile(list, 0.5);
  const over = p50 - Number(bare);
  const row = [name.padEnd(12), step.padEnd(10), p50.toFixed(2).padStart(8), quantile(list, 0.95).toFixed(2).padStart(8)];
  console.log(`${row.join(" ")} ${Number(bare).toFixed(2).padStart(12)} ${over.toFixed(2).padStart(10)}`);
}
