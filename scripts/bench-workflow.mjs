// Times the steps of the workflow one after another over the API, each against one bare synced commit of the same database.
// bench-workflow.mjs URL EDITOR-TOKEN APPROVER-TOKEN ROUNDS BARE-COMMIT-MS NAME
import { performance } from "node:perf_hooks";

const [url, editor, approver, rounds, bare, name] = process.argv.slice(2);
const times = { create: [], submit: [], approve: [], schedule: [] };

async function send(token, method, path, body) {
  const headers = { authorization: `Bearer ${token}` };
  const init = { method, headers };
  if (body instanceof FormData) init.body = body;
  else if (body !== undefined) {
    headers["content-type"] = "application/json";
    init.body = JSON.stringify(body);
  }
  const answer = await fetch(`${url}${path}`, init);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

async function timed(step, ...request) {
  const began = performance.now();
  const answer = await send(...request);
  times[step].push(performance.now() - began);
  return answer;
}

const dataset = `bench-${Date.now().toString(36)}`;
const departments = await send(editor, "GET", "/v1/datasets?limit=1");
await send(editor, "POST", "/v1/datasets", {
  id: dataset,
  title: "A dataset for measuring",
  description: "What is measured with.",
  department: departments.items[0].department,
  topics: departments.items[0].topics,
  contacts: [{ name: "Desk", email: "desk@example.org", telephone: "" }],
});

for (let i = 0; i < Number(rounds); i += 1) {
  // A version of its own for each bundle, prepared outside the timing.
  const edition = `e${i}`;
  await send(editor, "POST", `/v1/datasets/${dataset}/editions`, { edition, title: edition });
  const versions = `/v1/datasets/${dataset}/editions/${edition}/versions`;
  await send(editor, "POST", versions, { release_date: "2026-03-02T09:30:00Z" });
  const form = new FormData();
  for (const [field, value] of Object.entries({ dataset_id: dataset, edition, version: "1" })) form.set(field, value);
  form.set("file", new File(["Year,Value\n2025,1\n2026,2\n"], "table.csv", { type: "text/csv" }));
  await send(editor, "POST", "/v1/files/upload", form);
  await send(editor, "PUT", `${versions}/1/submit`, {});
  await send(approver, "PUT", `${versions}/1/approve`, {});

  const bundle = await timed("create", editor, "POST", "/v1/bundles", { title: `${dataset} ${i}`, type: "scheduled" });
  const path = `/v1/bundles/${bundle.id}`;
  await send(editor, "POST", `${path}/contents`, { dataset_id: dataset, edition, version: "1" });
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
