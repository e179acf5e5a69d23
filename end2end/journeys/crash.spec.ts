import { Api } from "../api.ts";
import { expect, signIn, test as base } from "../fixtures.ts";
import { Portal, secondsAhead } from "../pages/portal.ts";
import { startCatalogue, type Catalogue } from "../server.ts";

/** These journeys kill their server, so each has its own. */
const test = base.extend<{ own: Catalogue }>({
  own: async ({}, use) => {
    // A killed node's publication is taken over once its lease has run out.
    const own = await startCatalogue();
    await use(own);
    await own.close();
  },
  baseURL: async ({ own }, use) => use(own.url),
});

/** Returns at a moment in time, to the millisecond or two. */
async function until(moment: number): Promise<void> {
  for (;;) {
    const left = moment - Date.now();
    if (left <= 0) return;
    await new Promise<void>((done) => (left > 4 ? setTimeout(done, left - 3) : setImmediate(done)));
  }
}

async function schedule(api: Api, bundle: string, at: Date, told: { release_reason?: string } = {}): Promise<void> {
  await api.send("PUT", `/v1/bundles/${bundle}/schedule`, { publication_date: at.toISOString(), ...told });
}

async function publishedOnce(api: Api, bundle: string): Promise<void> {
  const state = async () => (await api.send<{ state: string }>("GET", `/v1/bundles/${bundle}/status`)).state;
  await expect.poll(state, { intervals: [100], timeout: 20_000 }).toBe("published");
  const events = await api.events(bundle);
  expect(events.filter((event) => event === "published")).toHaveLength(1);
}

for (const offset of [-15, 0, 5, 15, 40]) {
  test(`killed ${offset} ms from the instant, a bundle is published once`, async ({ own }) => {
    const api = new Api(own);
    const { id } = await api.bundleIn("ready_for_review");
    await api.send("PUT", `/v1/bundles/${id}/approve`, {});
    const at = secondsAhead(3);
    await schedule(api, id, at);
    await until(at.getTime() + offset);
    await own.kill();
    await own.start();
    await publishedOnce(api, id);
    const page = await fetch(`${own.url}/catalogue/road-traffic-death-rate/editions/time-series/versions/3`);
    expect(page.status).toBe(200);
  });
}

for (const scripts of [true, false]) {
  test.describe(scripts ? "with scripts" : "without scripts", () => {
    test.use({ javaScriptEnabled: scripts });

    test("who watches a publication whose server is killed sees it become public once", async ({ page, own }) => {
      test.setTimeout(120_000);
      const api = new Api(own);
      const { id } = await api.bundleIn("ready_for_review");
      await api.send("PUT", `/v1/bundles/${id}/approve`, {});
      await signIn(page, "approver@example.org");
      const at = secondsAhead(25);
      await schedule(api, id, at);
      await page.goto(`/admin/bundles/${id}/publication`);
      if (scripts) await new Portal(page).scripts();
      await expect(page.getByRole("timer")).toBeVisible();
      await until(at.getTime() + 5);
      await own.kill();
      await own.start();
      const told = page.locator(".banner--success").filter({ hasText: "Public" });
      // With scripts the open page finds the server again by itself.
      await expect(async () => {
        if (!scripts) await page.reload();
        await expect(told).toBeVisible({ timeout: 1_000 });
      }).toPass({ timeout: 40_000 });
      await page.goto(`/admin/bundles/${id}`);
      await expect(page.locator(".timeline .state--published")).toHaveCount(1);
      await publishedOnce(api, id);
    });
  });
}

test("a bundle due while the server was down is published at its start", async ({ own }) => {
  const api = new Api(own);
  const { id } = await api.bundleIn("scheduled");
  const at = secondsAhead(3);
  // It has a confirmed release in the calendar, whose date moves only with a public reason.
  await schedule(api, id, at, { release_reason: "The figures are ready earlier than planned." });
  await own.kill();
  await until(at.getTime() + 200);
  await own.start();
  await publishedOnce(api, id);
  for (const path of [
    "/catalogue/greenhouse-gas-emissions/editions/time-series/versions/3",
    "/catalogue/consumption-emissions-coicop",
  ]) {
    expect((await fetch(own.url + path)).status, path).toBe(200);
  }
  const finds = async () => {
    const found = (await (await fetch(`${own.url}/v1/search?q=footprint`)).json()) as { items: { dataset_id: string }[] };
    return found.items.map((item) => item.dataset_id);
  };
  await expect.poll(finds).toContain("consumption-emissions-coicop");
});
