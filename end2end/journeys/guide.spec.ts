import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { Api } from "../api.ts";
import { ROOT, expect, signIn, test } from "../fixtures.ts";
import { Portal, ukFields } from "../pages/portal.ts";
import { WINDOW, picture } from "../pictures/small.ts";

/**
 * Walks the guides in `docs/guide` on the demonstration data and takes their pictures and those of the README.
 * `make screenshots ARGS=docs` puts these over the ones in the repository.
 */
test.describe.configure({ mode: "serial" });
test.use({ viewport: WINDOW, contextOptions: { reducedMotion: "reduce" }, colorScheme: "light" });
test.setTimeout(120_000);

const DATASET = "brent-crude-oil-price";
const WEEKLY = `/admin/datasets/${DATASET}/editions/weekly/versions/2`;
const TITLE = "Energy prices, week by week";
const DAY = 24 * 60 * 60 * 1000;

const taken: string[] = [];
let bundle = "";

/** A picture for the guides. */
async function shown(page: Page, name: string): Promise<void> {
  taken.push(`${name}.png`);
  await picture(page, `public/guide/${name}.png`);
}

/** The table of the version before, with one value revised and three weeks more. */
async function newFigures(site: string): Promise<Buffer> {
  const text = await (await fetch(`${site}/files/downloads/${DATASET}/brent-weekly.csv?edition=weekly&version=1`)).text();
  const [heading = "", ...rows] = text.trim().split(/\r?\n/);
  const last = rows.pop() ?? "";
  const [day = "", price = ""] = last.split(",");
  const from = new Date(`${day}T00:00:00Z`).getTime();
  const revised = (Number(price) + 0.42).toFixed(2);
  const more = [93.18, 91.05, 90.61].map((value, i) => `${new Date(from + (i + 1) * 7 * DAY).toISOString().slice(0, 10)},${value}`);
  return Buffer.from([heading, ...rows, `${day},${revised}`, ...more, ""].join("\n"));
}

test("an editor goes from new figures to a bundle that waits for review", async ({ page, catalogue }) => {
  const portal = new Portal(page);
  await signIn(page, "editor@example.org");
  await page.goto("/admin");
  await shown(page, "dashboard");

  await page.goto(`/admin/datasets/${DATASET}`);
  await page.getByText("New version of Weekly").click();
  const form = portal.form("versions/create").filter({ has: page.locator('input[name="edition"][value="weekly"]') });
  await form.getByLabel("Release date").fill("2026-12-07");
  await form.evaluate((element) => window.scrollTo({ top: element.getBoundingClientRect().top + window.scrollY - 420, behavior: "instant" }));
  await shown(page, "new-version");
  await form.getByRole("button", { name: "Create version" }).click();
  await expect(page).toHaveURL(WEEKLY);

  await portal.scripts();
  const buffer = await newFigures(catalogue.url);
  await portal.field("files/upload", "file").setInputFiles({ name: "brent-weekly.csv", mimeType: "text/csv", buffer });
  await portal.form("files/upload").getByRole("button", { name: "Upload" }).click();
  const uploaded = page.locator("li.upload").filter({ hasText: "brent-weekly.csv" });
  await expect(uploaded).toContainText("rows");
  await uploaded.evaluate((element) => element.scrollIntoView({ block: "center", behavior: "instant" }));
  await shown(page, "files");

  await page.getByRole("navigation", { name: "Parts of the version" }).getByRole("link", { name: "Data" }).click();
  await expect(page.getByText("revised", { exact: false }).first()).toBeVisible();
  await shown(page, "changes");
  await page.goto(WEEKLY);
  await portal.send("versions/submit");
  await portal.says(/submitted/);

  await signIn(page, "reviewer@example.org");
  await page.goto(WEEKLY);
  await portal.send("versions/approve");

  await signIn(page, "editor@example.org");
  await page.goto("/admin/bundles/new");
  await portal.fill("bundles/create", { title: TITLE, description: "The weekly price of crude oil, with the week before last revised." });
  await portal.send("bundles/create");
  bundle = new URL(page.url()).pathname;
  await page.getByRole("link", { name: "Add many at once" }).click();
  await page.locator(`input[value="${DATASET}/weekly/2"]`).check();
  await shown(page, "picker");
  await portal.send("bundles/add-contents");
  await shown(page, "bundle");
  await portal.sendForReview();
  await expect(page.getByText("Ready for review").first()).toBeVisible();
});

test("a reviewer reads the queue, what differs, and the whole release", async ({ page }) => {
  const portal = new Portal(page);
  await signIn(page, "reviewer@example.org");
  await page.goto("/admin/review");
  await shown(page, "review");
  await page.goto("/admin/datasets/under-five-mortality/editions/time-series/versions/3?tab=data");
  await shown(page, "version-data");
  await page.goto(`${bundle}/preview`);
  await portal.fill("bundles/comment", { text: "The revision is the one that the agency announced." });
  await portal.send("bundles/comment");
  await page.goto(`${bundle}/preview`);
  await portal.send("bundles/sign-off");
  await page.goto(`${bundle}/preview`);
  await expect(page.locator(".comment")).toContainText("The revision is the one");
  await shown(page, "preview");
});

test("an approver approves what is shown, chooses the instant and watches", async ({ page }) => {
  const portal = new Portal(page);
  await signIn(page, "approver@example.org");
  await page.goto(`${bundle}/approve`);
  await shown(page, "approve");
  await portal.send("bundles/approve");
  await page.goto(`${bundle}/schedule`);
  await shown(page, "schedule");
  const { date } = ukFields(new Date(Date.now() + 9 * DAY));
  await portal.fill("bundles/schedule", { publication_date: date, publication_time: "09:30:00" });
  await portal.send("bundles/schedule");
  await portal.says(/scheduled/);
  await page.goto(`${bundle}/publication`);
  await expect(page.getByRole("timer")).toBeVisible();
  await shown(page, "publication");
});

test("an operator looks at the desk", async ({ page }) => {
  await signIn(page, "operator@example.org");
  await page.goto("/ops");
  await shown(page, "operations");
  await page.goto("/ops/queue");
  await shown(page, "queue");
  await page.goto("/ops/failures");
  await expect(page.locator(".blockers").first()).toBeVisible();
  await shown(page, "recovery");
});

test("the README shows the public site and a release under way", async ({ page, catalogue }) => {
  await page.goto("/");
  await picture(page, "docs/pictures/home.png");
  await page.goto("/catalogue/consumer-prices-index-coicop");
  await picture(page, "docs/pictures/dataset.png");
  const { id } = await new Api(catalogue).bundleIn("scheduled");
  await signIn(page, "approver@example.org");
  await page.goto(`/admin/bundles/${id}`);
  await picture(page, "docs/pictures/bundle.png");
});

test("the guides show exactly the pictures that were taken, and all are small", async () => {
  const folder = join(ROOT, "public", "guide");
  expect((await readdir(folder)).sort()).toEqual([...taken].sort());
  const pages = await Promise.all(["editors", "reviewers", "approvers", "operators"].map((name) => readFile(join(ROOT, "docs", "guide", `${name}.md`), "utf8")));
  const named = [...pages.join("\n").matchAll(/public\/guide\/([\w-]+\.png)\)/g)].map((found) => found[1] ?? "");
  expect(named.sort()).toEqual([...taken].sort());
  const readme = await readFile(join(ROOT, "README.md"), "utf8");
  const sizes = await Promise.all(
    [...taken.map((name) => join("public", "guide", name)), ...[...readme.matchAll(/\((docs\/pictures\/[\w-]+\.png)\)/g)].map((found) => found[1] ?? "")].map(
      async (file) => (await readFile(join(ROOT, file))).length,
    ),
  );
  expect(sizes).toHaveLength(taken.length + 3);
  expect(Math.max(...sizes)).toBeLessThan(200_000);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(3_000_000);
});
