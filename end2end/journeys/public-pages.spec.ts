import { Api } from "../api.ts";
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

  test("a version that was corrected says so, and an edition's address stays in its edition", async ({ page, catalogue }) => {
    const carbon = "/catalogue/atmospheric-carbon-dioxide/editions/annual-global";
    const why = "The figure of 2019 was that of 2018.";
    await new Api(catalogue).send("POST", `/v1${carbon.replace("catalogue", "datasets")}/versions/2/alerts`, {
      type: "correction",
      description: why,
    });
    await page.goto(`${carbon}/versions/2`);
    await expect(page.getByRole("main")).toContainText(why);
    await expect(page.getByText(/A newer version, number 3, was released on/)).toBeVisible();
    await page.goto("/corrections");
    await expect(page.getByRole("main")).toContainText(why);
    await page.goto(carbon);
    await expect(page.locator(".page-title__caption")).toContainText("version 3");
    await page.locator("#versions").getByRole("link", { name: "Version 1", exact: true }).click();
    await expect(page).toHaveURL(`${carbon}/versions/1`);
    await page.getByRole("link", { name: "See the latest version" }).click();
    await expect(page).not.toHaveURL(/versions\/1$/);
    await expect(page.locator(".page-title__caption")).toContainText("version 3");
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
