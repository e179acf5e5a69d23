import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT, expect, test } from "../fixtures.ts";
import { DatasetPage } from "../pages/dataset.ts";
import { SearchPage } from "../pages/search.ts";

const DATASET = "cpih-selected-months";
const FILE = "cpih-selected-months.csv";
const OIL = "Brent crude oil spot price";

const file = async (...path: string[]): Promise<Buffer> => readFile(join(ROOT, "seeds", "datasets", ...path));
const seed = async (version: number): Promise<Buffer> => file(DATASET, "time-series", `v${version}`, FILE);
const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

test.use({ javaScriptEnabled: false });

test("a reader searches, filters, reads and downloads", async ({ page }) => {
  await page.goto("/");
  await page.locator('input[name="q"]').first().fill("inflation");
  await page.locator('input[name="q"]').first().press("Enter");
  await expect(page).toHaveURL(/\/search\?.*q=inflation/);
  const search = new SearchPage(page);
  const housing = search.result("Consumer Prices Index including housing costs");
  await expect(search.result(OIL)).toBeVisible();
  await expect(housing).toBeVisible();

  await page.locator('form.facets input[name="topics"][value="energy"]').check();
  await page.locator("form.facets button").click();
  await expect(page).toHaveURL(/q=inflation.*topics=energy/);
  await expect(housing).toHaveCount(0);
  await search.result(OIL).click();

  const dataset = new DatasetPage(page);
  await dataset.showsTitle(OIL);
  await expect(page.locator("#chart svg").first()).toBeVisible();
  await page.locator("#chart details.chart__twin summary").click();
  await expect(page.locator("table.chart__table tbody tr").first()).toBeVisible();
  const stored = await file("brent-crude-oil-price", "weekly", "v1", "brent-weekly.csv");
  const lines = stored.toString("utf8").split("\n");
  const cells = (lines[1] ?? "").trim().split(",");
  await expect(page.locator("#table tbody tr").first().locator("td")).toHaveText(cells);

  await page.locator("#table summary", { hasText: "What the columns hold" }).click();
  await expect(page.getByRole("columnheader", { name: "Different values" })).toBeVisible();

  const bytes = await dataset.download("brent-weekly.csv");
  expect(sha256(bytes)).toBe(sha256(stored));
  await expect(page.locator("#files")).toContainText(sha256(bytes));

  const words = await page.getByRole("link", { name: "Description in words" }).getAttribute("href");
  const described = await page.request.get(words ?? "");
  expect(described.headers()["content-type"]).toBe("text/plain; charset=utf-8");
  expect(await described.text()).toContain(sha256(bytes));
});

test("on a phone the file is at hand without scrolling, and the rows are one step past the drawing", async ({ page }) => {
  await page.setViewportSize({ width: 375, height: 812 });
  await page.goto("/catalogue/under-five-mortality");
  const atHand = page.locator(".dataset-head__at-hand a");
  await expect(atHand).toBeInViewport();
  const listed = await page.locator(".download--primary a").getAttribute("href");
  expect(await atHand.getAttribute("href")).toBe(listed);
  await page.getByRole("link", { name: "Explore the data" }).click();
  const rows = page.locator(".explore__table thead");
  await expect(rows).not.toBeInViewport();
  await page.getByRole("navigation", { name: "On this page" }).getByRole("link", { name: "Table" }).click();
  await expect(rows).toBeInViewport();

  // Where the list of files is in sight itself, it is not said twice.
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto("/catalogue/under-five-mortality");
  await expect(page.locator(".download--primary a")).toBeInViewport();
  await expect(atHand).toBeHidden();
});

test("an older version has its own page, banner and file", async ({ page }) => {
  const dataset = new DatasetPage(page);
  expect(await dataset.open(DATASET)).toBe(200);
  await expect(page.getByText(/A newer version, number \d+, was released on/)).toHaveCount(0);
  await page.locator("#versions").getByRole("link", { name: "Version 1", exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`/catalogue/${DATASET}/editions/time-series/versions/1$`));
  await expect(page.getByText(/A newer version, number \d+, was released on/)).toBeVisible();
  expect(sha256(await dataset.download(FILE))).toBe(sha256(await seed(1)));
  await page.getByRole("link", { name: "See the latest version" }).click();
  await expect(page.locator(".page-title__caption")).toContainText("version 2");
});

test("the search has pages", async ({ page }) => {
  const titles = async () => page.locator(".result__title").allTextContents();
  await page.goto("/search?q=united");
  const first = await titles();
  expect(first).toHaveLength(10);
  await page.locator('.pagination a[rel="next"]').click();
  await expect(page).toHaveURL(/page=2/);
  const second = await titles();
  expect(second.length).toBeGreaterThan(0);
  expect(second.filter((title) => first.includes(title))).toEqual([]);
});

test("a download keeps its name, type, ranges and validators", async ({ request }) => {
  const address = `/files/downloads/${DATASET}/${FILE}`;
  const whole = await request.get(address);
  expect(whole.status()).toBe(200);
  const bytes = await whole.body();
  const headers = whole.headers();
  expect(sha256(bytes)).toBe(sha256(await seed(2)));
  expect(headers["content-type"]).toMatch(/^text\/csv/);
  expect(headers["content-disposition"]).toContain(`attachment; filename="${FILE}"`);

  const part = await request.get(address, { headers: { range: "bytes=10-29" } });
  expect(part.status()).toBe(206);
  expect(part.headers()["content-range"]).toBe(`bytes 10-29/${bytes.length}`);
  expect(await part.body()).toEqual(bytes.subarray(10, 30));
  const beyond = await request.get(address, { headers: { range: `bytes=${bytes.length}-` } });
  expect(beyond.status()).toBe(416);

  const etag = headers["etag"] ?? "";
  expect(etag).toMatch(/^".+"$/);
  const again = await request.get(address, { headers: { "if-none-match": etag } });
  expect(again.status()).toBe(304);
  expect(await again.body()).toHaveLength(0);
});

test("the same page speaks Welsh", async ({ page }) => {
  await new DatasetPage(page).open(DATASET);
  await page.locator("a.lang-switch").click();
  await expect(page).toHaveURL(`/cy/catalogue/${DATASET}`);
  await expect(page.locator("html")).toHaveAttribute("lang", "cy");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(
    "Mynegai Prisiau Defnyddwyr gan gynnwys costau tai (CPIH), misoedd dethol",
  );
  await expect(page.getByRole("heading", { name: "Pob fersiwn" })).toBeVisible();
  await expect(page.getByRole("link", { name: /^Lawrlwytho CSV/ })).toBeVisible();
});

test("what does not exist is not found", async ({ page }) => {
  const dataset = new DatasetPage(page);
  expect(await dataset.open("no-such-dataset")).toBe(404);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  expect(await dataset.openVersion(DATASET, "time-series", "99")).toBe(404);
  expect((await page.goto("/no/such/page"))?.status()).toBe(404);
});
