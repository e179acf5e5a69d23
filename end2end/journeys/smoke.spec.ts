import { axe, expect, test } from "../fixtures.ts";

test("the home page answers and axe finds nothing", async ({ page }) => {
  const answer = await page.goto("/");
  expect(answer?.status()).toBe(200);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await axe(page);
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("the home page leads to the search", async ({ page }) => {
    await page.goto("/");
    await page.locator('input[name="q"]').first().fill("prices");
    await page.locator('input[name="q"]').first().press("Enter");
    await expect(page).toHaveURL(/\/search\?.*q=prices/);
  });
});
