import { axe, expect, test } from "../fixtures.ts";
import { startCatalogue } from "../server.ts";

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

      // Kept, it has an address of its own with the same rows, and leads back to the choices.
      const explorer = page.url();
      await page.getByRole("button", { name: "Keep this selection" }).click();
      await expect(page).toHaveURL(/\/outputs\//);
      await expect(page.getByRole("heading", { level: 1 })).toContainText("Your selection:");
      if (scripts) await axe(page);
      const kept = await page.getByRole("link", { name: "CSV", exact: true }).getAttribute("href");
      expect(await (await request.get(kept!)).text()).toBe(csv);
      await page.getByRole("link", { name: "Choose something else" }).click();
      await expect(page.locator(".chips .chip")).toHaveCount(1);
      await page.goto(explorer);

      // A choice is taken back by its chip, and nothing is left of it.
      await page.locator(".chips .chip").click();
      await expect(page.locator(".chips .chip")).toHaveCount(0);
    });
  });
}

test("the page of large files follows their making", async ({ browser }) => {
  // So that a few rows are large.
  const own = await startCatalogue({ OUTPUT_AT_ONCE_CELLS: "10" });
  const context = await browser.newContext({ baseURL: own.url });
  try {
    const page = await context.newPage();
    await page.goto(`${version}/explore`);
    await page.getByRole("button", { name: "Keep this selection" }).click();
    await expect(page.getByRole("link", { name: "PARQUET" })).toBeVisible({ timeout: 30_000 });
    await expect(page.locator(".ledger__end").first()).toContainText("kB");
    await axe(page);
    await page.goto(`/cy${new URL(page.url()).pathname}`);
    await expect(page.getByText("Cedwir y dudalen hon")).toBeVisible();
    await axe(page);
  } finally {
    await context.close();
    await own.close();
  }
});

const gases = "/catalogue/greenhouse-gas-emissions/editions/time-series/versions/1/explore";

for (const scripts of [true, false]) {
  test.describe(scripts ? "with scripts" : "without scripts", () => {
    test.use({ javaScriptEnabled: scripts });

    test("a reader has the rows drawn as small panels and as a stack, and keeps that in the address", async ({ page }) => {
      await page.goto(gases);
      const draw = page.getByRole("form", { name: "How it is drawn" });
      await draw.getByLabel("Kind of chart").selectOption({ label: "Small panels" });
      await draw.getByLabel("One part or panel for each").selectOption({ label: "Gas" });
      await draw.getByRole("button", { name: "Draw" }).click();
      await expect(page).toHaveURL(/chart=multiples/);
      const panels = page.locator(".chart__panel");
      expect(await panels.count()).toBeGreaterThan(4);
      await expect(page.getByRole("img", { name: /Methane/ })).toBeVisible();
      if (scripts) await axe(page);

      // At the width of a phone two panels stand beside each other and nothing runs over the edge.
      await page.setViewportSize({ width: 375, height: 800 });
      const places = await panels.evaluateAll((all) => all.slice(0, 2).map((one) => one.getBoundingClientRect().top));
      expect(places[0]).toBe(places[1]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(375);

      // Seven gases are too many for a stack; the page says so and draws what it can.
      await draw.getByLabel("Kind of chart").selectOption({ label: "Areas, stacked" });
      await draw.getByRole("button", { name: "Draw" }).click();
      await expect(page.locator(".explore__chart").getByRole("status")).toContainText("At most six parts");

      // Fewer of them are stacked, each told by its name and a texture, with their figures as a table.
      const gas = (name: string) => `dim.Gas=${encodeURIComponent(name)}`;
      await page.goto(`${gases}?${gas("Methane (CH4)")}&${gas("Nitrous oxide (N2O)")}&chart=area`);
      const stack = page.locator(".chart__svg--narrow");
      await expect(stack.locator(".chart__band")).toHaveCount(2);
      await expect(stack.locator(".chart__label")).toHaveText([/Methane/, /Nitrous/]);
      await expect(stack.locator("desc")).toContainText("Together");
      await page.getByText("Show these figures as a table").click();
      await expect(page.locator(".chart__table thead th")).toHaveCount(3);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(375);
      if (scripts) {
        await axe(page);
        for (const looks of [{ colorScheme: "dark" }, { forcedColors: "active" }] as const) {
          await page.emulateMedia(looks);
          await axe(page);
        }
      }
      // Another choice of rows keeps the kind.
      await page.locator(".chips .chip").first().click();
      await expect(page).toHaveURL(/chart=area/);
    });
  });
}

test("an explorer in Welsh, and one of a version that there is not", async ({ page }) => {
  await page.goto(`/cy${version}/explore`);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Archwilio:");
  await axe(page);
  expect((await page.goto("/catalogue/under-five-mortality/editions/time-series/versions/99/explore"))?.status()).toBe(404);
});
