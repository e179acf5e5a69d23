import { Api } from "../api.ts";
import { axe, expect, test } from "../fixtures.ts";

const DAY = 24 * 60 * 60 * 1000;

test("a release is announced, confirmed and moved, and the public reads why", async ({ page, catalogue }) => {
  const api = new Api(catalogue);
  const id = `journey-${Date.now()}`;
  const path = `/v1/releases/${id}`;
  const first = new Date(Date.now() + 30 * DAY).toISOString();
  const later = new Date(Date.now() + 40 * DAY).toISOString();
  await api.send("POST", "/v1/releases", { id, title: "Journey figures", title_cy: "Ffigurau taith", release_date: first });
  expect((await page.goto(`/releases/${id}`))?.status()).toBe(404);

  await api.send("PUT", `${path}/announce`);
  await api.send("PUT", `${path}/confirm`);
  await page.goto("/");
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Releases" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Release calendar");
  await page.locator("#words").fill("journey");
  await page.getByRole("button", { name: "Apply filters" }).click();
  await page.getByRole("link", { name: "Journey figures" }).click();
  await expect(page.locator(".tag")).toHaveText("Confirmed");
  await axe(page);

  await api.send("PUT", `${path}/postpone`, { reason: "The survey needs more time.", release_date: later });
  await page.reload();
  await expect(page.locator(".tag")).toHaveText("Postponed");
  await expect(page.locator("#changes")).toContainText("The survey needs more time.");
  await page.locator("a.lang-switch").click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Ffigurau taith");
});

test("the seeded calendar has its parts, and a published release leads to its datasets", async ({ page }) => {
  await page.goto("/releases");
  await expect(page.locator(".ledger__row").first()).toBeVisible();
  await axe(page);
  await page.locator(".tabs").getByRole("link", { name: "Published" }).click();
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.getByRole("link", { name: "Quarterly national accounts" }).click();
  await expect(page.locator("#pre-release-access li")).toHaveText(["Chief Economist, HM Treasury", "Head of News, Economy, Cabinet Office"]);
  await axe(page);
  // A title has the width of its row, and not that of a date.
  const row = page.locator(".ledger__row", { has: page.getByRole("link", { name: /volume/i }) });
  const [whole, title] = [await row.boundingBox(), await row.locator(".ledger__what").boundingBox()];
  expect(title!.width).toBeGreaterThan(whole!.width * 0.9);
  await page.getByRole("link", { name: /volume/i }).click();
  await expect(page).toHaveURL(/\/catalogue\/gross-domestic-product-volume\//);
});

test("a month shows its releases on their days, leads to its neighbours, and becomes an agenda on a phone", async ({ page, catalogue }) => {
  const api = new Api(catalogue);
  const id = `month-${Date.now()}`;
  const at = new Date(Date.now() + 400 * DAY);
  const month = at.toISOString().slice(0, 7);
  const title = `Figures of ${id}`;
  await api.send("POST", "/v1/releases", { id, title, release_date: `${month}-15T12:00:00Z` });
  await api.send("PUT", `/v1/releases/${id}/announce`);
  await page.goto("/releases");
  await page.locator(".tabs").getByRole("link", { name: "By month" }).click();
  await expect(page.locator('td[aria-current="date"]')).toBeVisible();
  await axe(page);
  await page.getByRole("navigation", { name: "Months" }).locator('[rel~="next"]').click();
  await expect(page).toHaveURL(/view=month&month=\d{4}-\d{2}$/);
  await page.goto(`/releases?view=month&month=${month}`);
  await expect(page.locator("table.month td", { hasText: title }).locator(".month__n")).toHaveText("15");
  await axe(page);

  await page.setViewportSize({ width: 375, height: 800 });
  await expect(page.locator("table.month")).toBeHidden();
  await axe(page);
  await page.locator(".agenda").getByRole("link", { name: title }).click();
  const calendar = page.getByRole("link", { name: "Add to your calendar" });
  const file = await page.request.get((await calendar.getAttribute("href")) ?? "");
  expect(file.headers()["content-type"]).toBe("text/calendar; charset=utf-8");
  expect(await file.text()).toContain(`SUMMARY:${title}`);
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("the releases of a month and of a topic are chosen by a plain form", async ({ page }) => {
    await page.goto("/releases?view=month");
    await page.locator("#month").selectOption({ index: 0 });
    await page.getByRole("button", { name: "Apply filters" }).click();
    await expect(page).toHaveURL(/view=month&q=&month=\d{4}-\d{2}/);
    await page.locator(".tabs").getByRole("link", { name: "Published" }).click();
    await page.locator("#topic").selectOption("economy");
    await page.getByRole("button", { name: "Apply filters" }).click();
    await expect(page.getByRole("link", { name: "Quarterly national accounts" })).toBeVisible();
  });

  test("a merged topic leads to the one that took it over", async ({ page, catalogue }) => {
    const api = new Api(catalogue);
    const slug = `merged-${Date.now()}`;
    await api.send("POST", "/v1/topics", { slug, title: "Merged", title_cy: "Unedig" });
    await page.goto(`/topics/${slug}`);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Merged");
    await api.send("POST", `/v1/topics/${slug}/merge`, { into: "economy" });
    await page.goto(`/cy/topics/${slug}`);
    await expect(page).toHaveURL("/cy/topics/economy");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Yr economi");
  });
});
