// The steps of the workflow over the API, for the scripts that measure and try the program.

// A caller of the API with this token: send(method, path, body) gives the answer's JSON, and throws where it is refused.
export function caller(url, token) {
  return async (method, path, body) => {
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
    return text === "" ? null : JSON.parse(text);
  };
}

// A new dataset, filed like the newest public one.
export async function newDataset(editor, id) {
  const like = await editor("GET", "/v1/datasets?limit=1");
  const { department, topics } = like.items[0];
  const contacts = [{ name: "Desk", email: "desk@example.org", telephone: "" }];
  const words = { id, title: id, description: `What ${id} is for.`, department, topics, contacts };
  await editor("POST", "/v1/datasets", words);
}

// The first version of a new edition of a dataset, with a table, approved.
export async function approvedVersion(editor, approver, dataset, edition) {
  await editor("POST", `/v1/datasets/${dataset}/editions`, { edition, title: edition });
  const versions = `/v1/datasets/${dataset}/editions/${edition}/versions`;
  await editor("POST", versions, { release_date: "2026-03-02T09:30:00Z" });
  const form = new FormData();
  for (const [field, value] of Object.entries({ dataset_id: dataset, edition, version: "1" })) form.set(field, value);
  form.set("file", new File(["Year,Value\n2025,1\n2026,2\n"], "table.csv", { type: "text/csv" }));
  await editor("POST", "/v1/files/upload", form);
  await editor("PUT", `${versions}/1/submit`, {});
  await approver("PUT", `${versions}/1/approve`, {});
  return { dataset_id: dataset, edition, version: "1" };
}

// A bundle of these versions, approved; its path.
export async function approvedBundle(editor, approver, title, contents) {
  const bundle = await editor("POST", "/v1/bundles", { title, type: "scheduled" });
  const path = `/v1/bundles/${bundle.id}`;
  for (const item of contents) await editor("POST", `${path}/contents`, item);
  await editor("PUT", `${path}/submit`, {});
  await approver("PUT", `${path}/approve`, {});
  return path;
}

// Gives a bundle its instant.
export async function schedule(approver, path, at) {
  await approver("PUT", `${path}/schedule`, { publication_date: new Date(at).toISOString() });
}

// Those of these bundles that are not published, or whose follow-up work is not done within a while; each is told of.
export async function unfinished(reader, paths, longest) {
  const deadline = Date.now() + longest;
  const done = (status) => status.steps.every((step) => step.state === "done");
  const open = [];
  for (const path of paths) {
    let status = await reader("GET", `${path}/status`);
    while (!done(status) && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      status = await reader("GET", `${path}/status`);
    }
    if (status.state === "published" && status.steps.length > 0 && done(status)) continue;
    open.push(path);
    console.log(`${path}: ${status.state}, ${JSON.stringify(status.steps)}`);
  }
  return open;
}
