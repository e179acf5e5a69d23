import { TOKEN, type Catalogue } from "./server.ts";

/** What the tests read of a bundle. */
export interface Bundle {
  id: string;
  title: string;
  state: string;
}

/** The JSON API as an integration uses it, with the service token. */
export class Api {
  constructor(private readonly catalogue: Catalogue) {}

  /** Sends JSON and returns the answer; anything but success is an error with the answer's text. */
  async send<T>(method: string, path: string, body?: unknown): Promise<T> {
    const headers: Record<string, string> = { authorization: `Bearer ${TOKEN}` };
    const init: RequestInit = { method, headers };
    if (body instanceof FormData) init.body = body;
    else if (body !== undefined) {
      headers["content-type"] = "application/json";
      init.body = JSON.stringify(body);
    }
    const answer = await fetch(`${this.catalogue.url}${path}`, init);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text) as T;
  }

  /** The first bundle in a state; the demonstration data holds one of each. */
  async bundleIn(state: string): Promise<Bundle> {
    const { items } = await this.send<{ items: Bundle[] }>("GET", `/v1/bundles?state=${state}&limit=1`);
    const found = items[0];
    if (found === undefined) throw new Error(`no bundle is ${state}`);
    return found;
  }

  /** Makes a dataset with one version that waits for approval. */
  async submittedVersion(dataset: string, csv: string): Promise<void> {
    await this.draftVersion(dataset, csv);
    await this.send("PUT", `/v1/datasets/${dataset}/editions/2026/versions/1/submit`, {});
  }

  /** Makes a dataset with one version that has its table and is not submitted yet. */
  async draftVersion(dataset: string, csv: string): Promise<void> {
    await this.send("POST", "/v1/datasets", {
      id: dataset,
      title: "Allotments let by councils",
      department: "environment",
      description: "How many allotments each council lets.",
      topics: ["local-areas"],
      contacts: [{ name: "Local statistics", email: "local@example.org", telephone: "" }],
    });
    await this.send("POST", `/v1/datasets/${dataset}/editions`, { edition: "2026", title: "2026" });
    const versions = `/v1/datasets/${dataset}/editions/2026/versions`;
    await this.send("POST", versions, { release_date: "2026-03-02T09:30:00Z" });
    const form = new FormData();
    form.set("dataset_id", dataset);
    form.set("edition", "2026");
    form.set("version", "1");
    form.set("file", new File([csv], `${dataset}.csv`, { type: "text/csv" }));
    await this.send("POST", "/v1/files/upload", form);
  }

  /** The kinds of events in a bundle's timeline, oldest first. */
  async events(bundle: string): Promise<string[]> {
    const page = await this.send<{ items: { event_type: string }[] }>("GET", `/v1/bundles/${bundle}/timeline?limit=100`);
    return page.items.map((event) => event.event_type);
  }
}
