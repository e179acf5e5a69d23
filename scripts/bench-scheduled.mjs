// Makes one new dataset with one approved version and schedules it a year ahead: bench-scheduled.mjs URL EDITOR APPROVER ID.
const [url, editor, approver, id] = process.argv.slice(2);

async function send(token, method, path, body) {
  const headers = { authorization: `Bearer ${token}` };
  const init = { method, headers };
  if (body instanceof FormData) init.body = body;
  else {
    headers["content-type"] = "application/json";
    init.body = JSON.stringify(body ?? {});
  }
  const answer = await fetch(`${url}${path}`, init);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

const like = await (await fetch(`${url}/v1/datasets?limit=1`)).json();
const { department, topics } = like.items[0];
const contacts = [{ name: "Desk", email: "desk@example.org", telephone: "" }];
await send(editor, "POST", "/v1/datasets", { id, title: id, description: `What is ${id} with.`, department, topics, contacts });
await send(editor, "POST", `/v1/datasets/${id}/editions`, { edition: "time-series", title: "Time series" });
const versions = `/v1/datasets/${id}/editions/time-series/versions`;
await send(editor, "POST", versions, { release_date: "2026-03-02T09:30:00Z" });
const form = new FormData();
for (const [field, value] of Object.entries({ dataset_id: id, edition: "time-series", version: "1" })) form.set(field, value);
form.set("file", new File(["Year,Value\n2025,1\n2026,2\n"], "table.csv", { type: "text/csv" }));
await send(editor, "POST", "/v1/files/upload", form);
await send(editor, "PUT", `${versions}/1/submit`);
await send(approver, "PUT", `${versions}/1/approve`);
const bundle = await send(editor, "POST", "/v1/bundles", { title: id, type: "scheduled" });
const path = `/v1/bundles/${bundle.id}`;
await send(editor, "POST", `${path}/contents`, { dataset_id: id, edition: "time-series", version: "1" });
await send(editor, "PUT", `${path}/submit`);
await send(approver, "PUT", `${path}/approve`);
await send(approver, "PUT", `${path}/schedule`, { publication_date: new Date(Date.now() + 365 * 24 * 3600 * 1000).toISOString() });
