import { axe, expect, test } from "../fixtures.ts";

const version = "/catalogue/under-five-mortality/editions/time-series/versions/2";

for (const scripts of [true, false]) {
  test.describe(scripts ? "with scripts" : "without scripts", () => {
    test.use({ javaScriptEnabled: scripts });

    test("a reader chooses part of a table, orders it, and takes exactly that along", async ({ page, request }) => {
      await page.goto(version);
      await page.getByRole("link", { name: "Explore the data" }).click();
      await expect(page.getByRole("heading", { level: 1 })).toContainText("Explore:");
      if (scripts) await axe(page);

      const choices = page.locator("form.facets");
      const first = choices.locator("input[type=checkbox][name^='dim.']").first();
      const chosen = await first.getAttribute("value");
      await first.check();
      await choices.locator("select[name=sort]").selectOption({ index: 2 });
      await choices.getByRole("button", { name: "Apply" }).click();
      await expect(page).toHaveURL(/dim\./);
      await expect(page.locator(".chips .chip")).toHaveCount(1);
      await expect(page.locator("th[aria-sort=descending]")).toHaveCount(1);
      const shown = await page.locator(".explore__table tbody tr").count();
      expect(shown).toBeGreaterThan(0);

      // The download is those rows: as many as the page says, each with the choice.
      const said = await page.locator(".result-bar__count strong").innerText();
      const href = await page.locator("#take").locator("xpath=../..").getByRole("link", { name: "CSV" }).getAttribute("href");
      const csv = await (await request.get(href!)).text();
      expect(csv.trimEnd().split("\n").length - 1).toBe(Number(said.replace(/\D/g, "")));
      expect(csv).toContain(chosen!);

      // A choice is taken back by its chip, and nothing is left of it.
      await page.locator(".chips .chip").click();
      await expect(page.locator(".chips .chip")).toHaveCount(0);
    });
  });
}

test("an explorer in Welsh, and one of a version that there is not", async ({ page }) => {
  await page.goto(`/cy${version}/explore`);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Archwilio:");
  await axe(page);
  expect((await page.goto("/catalogue/under-five-mortality/editions/time-series/versions/99/explore"))?.status()).toBe(404);
});
