import { axe, expect, signIn, test } from "../fixtures.ts";
import { Portal } from "../pages/portal.ts";

test.use({ contextOptions: { reducedMotion: "reduce" } });

test("a reader without an account or scripts tells of a mistake, and an operator deals with it", async ({ browser, catalogue, page }) => {
  const context = await browser.newContext({ javaScriptEnabled: false, baseURL: catalogue.url });
  const reader = await context.newPage();
  await reader.goto("/feedback?page=/catalogue/under-five-mortality");
  await reader.getByRole("radio", { name: /wrong/i }).check();
  await reader.locator("textarea[name=message]").fill("The figure for Kenya looks wrong.");
  await reader.locator('form[action="/rpc/feedback/give"] button').click();
  await expect(reader).toHaveURL(/\/feedback\/sent$/);
  await context.close();

  const portal = new Portal(page);
  await signIn(page, "operator@example.org");
  await page.getByRole("navigation", { name: "Portal" }).getByRole("link", { name: "Feedback" }).click();
  await expect(page.locator("h1")).toHaveText("Feedback of readers");
  const told = page.getByRole("listitem").filter({ hasText: "Kenya looks wrong" });
  await expect(told.getByRole("link", { name: "/catalogue/under-five-mortality" })).toBeVisible();
  await axe(page);
  await expect(page.locator('[data-count="feedback"]')).toHaveText(/^[1-9]/);
  const file = await page.request.get((await page.getByRole("link", { name: "CSV" }).getAttribute("href")) ?? "");
  expect(await file.text()).toContain("The figure for Kenya looks wrong.");
  await told.locator("textarea[name=note]").fill("Checked against the source: it is right.");
  await told.getByRole("button", { name: /Mark as dealt with/ }).click();
  await portal.says("Dealt with.");
  await expect(told).toHaveCount(0);

  await page.goto("/admin/feedback?state=handled&q=kenya");
  await expect(told).toContainText("Checked against the source");
  await told.getByRole("button", { name: /Put it back/ }).click();
  await portal.says("It waits again.");
  for (const [width, colorScheme] of [[375, "dark"], [1440, "light"]] as const) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    await page.goto("/admin/feedback");
    await axe(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
  }
});
