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
  await page.getByRole("link", { name: "Quarterly national accounts" }).click();
  await page.getByRole("link", { name: /volume/i }).click();
  await expect(page).toHaveURL(/\/catalogue\/gross-domestic-product-volume\//);
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

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
