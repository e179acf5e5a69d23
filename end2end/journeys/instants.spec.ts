import { spawn } from "node:child_process";
import { once } from "node:events";
import { Api } from "../api.ts";
import { axe, expect, signIn, test as base } from "../fixtures.ts";
import { Portal, secondsAhead } from "../pages/portal.ts";
import { startReceiver, type Receiver } from "../receiver.ts";
import { startCatalogue, type Catalogue } from "../server.ts";

const test = base.extend<{ limits: Record<string, string>; receiver: Receiver; own: Catalogue }>({
  limits: [{}, { option: true }],
  receiver: async ({}, use) => {
    const receiver = await startReceiver();
    await use(receiver);
    await receiver.close();
  },
  own: async ({ receiver, limits }, use) => {
    const wagtail = { WAGTAIL_API_URL: receiver.url, WAGTAIL_API_KEY: "a-key", WAGTAIL_BLOCKING: "true" };
    const own = await startCatalogue({ ...wagtail, ...limits });
    await use(own);
    await own.close();
  },
  baseURL: async ({ own }, use) => use(own.url),
});

test("a release's open page becomes that of the published one at its instant", async ({ page, own }) => {
  test.setTimeout(120_000);
  const api = new Api(own);
  const { id } = await api.bundleIn("scheduled");
  const at = secondsAhead(15);
  const reason = { release_reason: "The figures are ready earlier than planned." };
  await api.send("PUT", `/v1/bundles/${id}/schedule`, { publication_date: at.toISOString(), ...reason });
  await page.goto(`/releases/greenhouse-gas-emissions-and-carbon-footprint`);
  await expect(page.getByRole("timer")).toHaveText(/^\d+ s$/);
  await expect(page.locator("#release .tag").first()).toHaveText("Confirmed");
  await axe(page);
  // Gone with the document, if it were loaded again.
  await page.evaluate(() => document.body.setAttribute("data-untouched", "yes"));
  await expect(page.locator("#release .tag").first()).toHaveText("Published", { timeout: 30_000 });
  expect(Date.now(), "not before the instant").toBeGreaterThanOrEqual(at.getTime());
  await expect(page.getByRole("timer")).toHaveCount(0);
  await expect(page.locator("#release-said")).toContainText("Published");
  await expect(page.locator("body")).toHaveAttribute("data-untouched", "yes");
  await axe(page);
  await page.locator("#release .ledger__row a").first().click();
  await expect(page).toHaveURL(/\/catalogue\/.*\/versions\//);
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("a release's page is that of the published one from its instant on, and not before", async ({ page, own }) => {
    test.setTimeout(120_000);
    const { id } = await new Api(own).bundleIn("scheduled");
    const at = secondsAhead(15);
    const reason = { release_reason: "The figures are ready earlier than planned." };
    await new Api(own).send("PUT", `/v1/bundles/${id}/schedule`, { publication_date: at.toISOString(), ...reason });
    await page.goto(`/releases/greenhouse-gas-emissions-and-carbon-footprint`);
    const state = page.locator("#release .tag").first();
    await expect(state).toHaveText("Confirmed");
    await expect(async () => {
      await page.reload();
      await expect(state).toHaveText("Published", { timeout: 500 });
    }).toPass({ intervals: [500], timeout: 30_000 });
    expect(Date.now(), "not before the instant").toBeGreaterThanOrEqual(at.getTime());
    await expect(page.getByRole("timer")).toHaveCount(0);
    await page.locator("#release .ledger__row a").first().click();
    await expect(page).toHaveURL(/\/catalogue\/.*\/versions\//);
  });
});

test("pages of an overdue bundle stay as they are while the queue is paused", async ({ page, own }) => {
  test.setTimeout(120_000);
  const api = new Api(own);
  const { id } = await api.bundleIn("scheduled");
  await api.send("POST", "/v1/publish-queue/pause", { reason: "A figure is doubted" });
  const reason = { release_reason: "The figures are ready earlier than planned." };
  await api.send("PUT", `/v1/bundles/${id}/schedule`, { publication_date: secondsAhead(2).toISOString(), ...reason });
  const late = async () => (await api.send<{ lateness_ms: number | null }>("GET", `/v1/bundles/${id}/status`)).lateness_ms ?? 0;
  // For a moment it is waited for.
  await expect.poll(late, { intervals: [200], timeout: 40_000 }).toBeGreaterThan(10_000);
  await page.clock.install();
  await signIn(page, "approver@example.org");
  for (const path of [`/admin/bundles/${id}`, `/admin/bundles/${id}/schedule`, "/admin"]) {
    await page.goto(path);
    await new Portal(page).scripts();
    await expect(page.getByRole("main")).toContainText(/Due since .*, and not public yet\./);
    await axe(page);
    // Gone with the document, if it were loaded again.
    await page.evaluate(() => document.body.setAttribute("data-untouched", "yes"));
    await page.clock.runFor("00:10");
    // What was begun by then has come once the same page is answered anew.
    expect((await page.request.get(path)).status()).toBe(200);
    await expect(page.locator("body")).toHaveAttribute("data-untouched", "yes");
  }
});

for (const scripts of [true, false]) {
  test.describe(scripts ? "with scripts" : "without scripts", () => {
    test.use({ javaScriptEnabled: scripts });

    test("a receiver that is down fails the publication, and its guide mends it", async ({ page, own, receiver }) => {
      test.setTimeout(120_000);
      const api = new Api(own);
      const { id, title } = await api.bundleIn("ready_for_review");
      await api.send("PUT", `/v1/bundles/${id}/approve`, {});
      receiver.status = 503;
      await api.send("PUT", `/v1/bundles/${id}/schedule`, { publication_date: secondsAhead(2).toISOString() });
      const state = async () => (await api.send<{ state: string }>("GET", `/v1/bundles/${id}/status`)).state;
      await expect.poll(state, { intervals: [200], timeout: 30_000 }).toBe("failed");

      await signIn(page, "operator@example.org");
      await page.goto("/ops/failures");
      const one = page.locator(`#bundle-${id}`);
      await expect(one).toContainText(title);
      await expect(one).toContainText("External service failure");
      if (scripts) await axe(page);
      receiver.status = 200;
      const retry = one.locator('form[action="/rpc/bundles/retry"]');
      // What is safe to do next is found anew each time: the receiver answers again.
      await expect(async () => {
        await page.reload();
        await expect(one.getByRole("button", { name: "Make it ready for another try" })).toBeVisible({ timeout: 500 });
      }).toPass({ timeout: 20_000 });
      await retry.locator('[name="reason"]').fill("Wagtail is back");
      await retry.getByRole("button").last().click();
      // Without a new date the bundle is approved again; nothing is published by the way.
      await expect.poll(state, { intervals: [100] }).toBe("approved");
      await expect(page.locator("#made-ready")).toContainText("still needs a time");
      await expect(page.locator("#made-ready").getByRole("link", { name: title })).toHaveAttribute("href", `/admin/bundles/${id}`);
      if (scripts) await axe(page);
      await api.send("PUT", `/v1/bundles/${id}/schedule`, { publication_date: secondsAhead(2).toISOString() });
      await expect.poll(state, { intervals: [200], timeout: 30_000 }).toBe("published");
      await page.goto(`/admin/bundles/${id}`);
      await expect(page.getByRole("main")).toContainText("Wagtail is back");
    });
  });
}

test.describe("with strict limits", () => {
  test.use({ limits: { RATE_LIMIT_SEARCH_PER_MINUTE: "2" } });

  for (const scripts of [true, false]) {
    test.describe(scripts ? "with scripts" : "without scripts", () => {
      test.use({ javaScriptEnabled: scripts });

      test("who asks too often is told so in a page that says when to come back", async ({ page }) => {
        for (const path of ["/search?q=a", "/search?q=b"]) await page.goto(path);
        for (const [path, words] of [
          ["/search?q=c", "Too many requests"],
          ["/cy/search?q=d", "Gormod o geisiadau"],
        ] as const) {
          const answer = await page.goto(path);
          expect(answer?.status()).toBe(429);
          expect(Number(answer?.headers()["retry-after"])).toBeGreaterThan(0);
          await expect(page.getByRole("heading", { level: 1 })).toHaveText(words);
          if (!scripts) continue;
          const serif = await page.locator("h1").evaluate((heading) => getComputedStyle(heading).fontFamily);
          expect(serif, "in the looks of the site").toContain("Catalogue Serif");
          await axe(page);
        }
      });
    });
  }
});

/** Keeps everybody else from writing to the catalogue's database until what is given back is called. */
async function holdDatabase(catalogue: Catalogue): Promise<() => Promise<void>> {
  const hold = `import sqlite3, sys
database = sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None)
database.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
database.execute("ROLLBACK")`;
  const holder = spawn("python3", ["-c", hold, `${catalogue.dataDir}/catalogue.db`], { stdio: ["pipe", "pipe", "inherit"] });
  const gone = once(holder, "exit");
  await Promise.race([once(holder.stdout, "data"), gone.then(() => Promise.reject(new Error("the database was not held")))]);
  return async () => {
    holder.stdin.end();
    await gone;
  };
}

test.describe("with little patience", () => {
  test.use({ limits: { REQUEST_TIMEOUT: "1s" } });

  for (const [scripts, prefix, title, arrived] of [
    [true, "", "This took too long", "may have arrived"],
    [false, "/cy", "Cymerodd hyn ormod o amser", "wedi cyrraedd"],
  ] as const) {
    test(`who waits too long is told so, and loses nothing of what was written${scripts ? "" : ", in Welsh and without scripts"}`, async ({ browser, own }) => {
      const context = await browser.newContext({ javaScriptEnabled: scripts, baseURL: own.url });
      const page = await context.newPage();
      const words = "The figure for Kenya looks wrong.";
      await page.goto(`${prefix}/feedback?page=/catalogue/under-five-mortality`);
      await page.locator("input[name=kind]").first().check();
      await page.locator("textarea[name=message]").fill(words);
      const send = page.locator('form[action="/rpc/feedback/give"] button');
      const release = await holdDatabase(own);
      const answer = page.waitForResponse((response) => response.url().endsWith("/rpc/feedback/give"));
      await send.click();
      expect((await answer).status()).toBe(504);
      await expect(page.getByRole("heading", { level: 1 })).toHaveText(title);
      await expect(page.getByRole("main")).toContainText(arrived);
      await expect(page.locator("html")).toHaveAttribute("lang", scripts ? "en" : "cy");
      if (scripts) await axe(page);
      await release();
      await page.goBack();
      await expect(page.locator("textarea[name=message]")).toHaveValue(words);
      await send.click();
      await expect(page).toHaveURL(/\/feedback\/sent$/);
      await context.close();
    });
  }
});
