import { expect, test } from "../fixtures.ts";

const dataset = "/catalogue/under-five-mortality";
test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("a reader finds a dataset by its letter, sees what changed, and compares versions", async ({ page }) => {
    await page.goto("/");
    await page.getByRole("contentinfo").getByRole("link", { name: "All datasets, A to Z" }).click();
    await page.getByRole("navigation", { name: "First letter" }).getByRole("link", { name: /^D/ }).click();
    await page.getByRole("link", { name: /deaths of children under five/i }).first().click();
    const changes = page.locator("#changes");
    await expect(changes.getByRole("heading", { level: 2 })).toHaveText("What changed since last time");
    await changes.getByRole("link", { name: "See every change" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Compare versions");
    await page.getByLabel("From").selectOption("1");
    await page.getByRole("button", { name: "Compare" }).click();
    await expect(page).toHaveURL(/from=1&to=2/);
    await expect(page.getByRole("heading", { name: "The figures", exact: true })).toBeVisible();
  });

  test("a reader tells the office something", async ({ page }) => {
    await page.goto(dataset);
    await page.getByRole("link", { name: /Tell us/ }).click();
    await expect(page.getByText("/catalogue/under-five-mortality")).toBeVisible();
    await page.getByLabel("E-mail address, if you want an answer").fill("nobody");
    await page.getByRole("button", { name: "Send" }).click();
    await expect(page.getByRole("alert")).toContainText("Give an e-mail address");
    await page.getByLabel("E-mail address, if you want an answer").fill("");
    await page.getByLabel("What would you like to tell us?").fill("The chart is clear.");
    await page.getByLabel("Something could be better").check();
    await page.getByRole("button", { name: "Send" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Thank you");
  });
});
