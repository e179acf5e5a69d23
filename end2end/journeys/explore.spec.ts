import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { axe, expect, signIn, test } from "../fixtures.ts";
import { Portal } from "../pages/portal.ts";
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
      const json = await page.getByRole("link", { name: "JSON", exact: true }).getAttribute("href");
      expect((await (await request.get(json!)).json()).rows).toHaveLength(Number(said.replace(/\D/g, "")));

      // What only scripts can do is offered only with them.
      await expect(page.getByRole("button", { name: /^Copy/ })).toHaveCount(scripts ? 1 : 0);
      await expect(page.locator(".chart__stage[role]")).toHaveCount(scripts ? await page.locator(".chart__stage").count() : 0);

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

test("the page of large files follows their making, says where they cannot be made, and has it tried again", async ({ browser }) => {
  test.setTimeout(120_000);
  // So that a few rows are large.
  const own = await startCatalogue({ OUTPUT_AT_ONCE_CELLS: "10" });
  const context = await browser.newContext({ baseURL: own.url });
  const [staff, without] = [await browser.newContext({ baseURL: own.url }), await browser.newContext({ baseURL: own.url, javaScriptEnabled: false })];
  try {
    const page = await context.newPage();
    await page.goto(`${version}/explore`);
    await page.getByRole("button", { name: "Keep this selection" }).click();
    await expect(page.getByRole("link", { name: "PARQUET" })).toBeVisible({ timeout: 30_000 });
    await expect(page.locator(".ledger__end").first()).toContainText("kB");
    await axe(page);
    const made = new URL(page.url()).pathname;
    await page.goto(`/cy${made}`);
    await expect(page.getByText("Cedwir y dudalen hon")).toBeVisible();
    await axe(page);

    // What was made of a file goes when the file is taken back, and can be made anew once that is given out again.
    const desk = await staff.newPage();
    const portal = new Portal(desk);
    const decide = async (step: "withdraw" | "reinstate") => {
      await desk.goto(version.replace("/catalogue/", "/admin/datasets/"));
      await desk.locator(`details:has(form[action="/rpc/files/${step}"]) > summary`).click();
      await portal.form(`files/${step}`).getByLabel("Reason").fill("The press office asks.");
      await portal.send(`files/${step}`);
    };
    await signIn(desk, "approver@example.org");
    await decide("withdraw");
    const failed = "The files could not be made.";
    await page.goto(made);
    await expect(page.locator("#output .banner--error")).toContainText(failed);
    await axe(page);
    const plain = await without.newPage();
    await plain.goto(made);
    await expect(plain.locator("#output .banner--error")).toContainText(failed);
    await decide("reinstate");
    await portal.says(/given out again/);
    await plain.getByRole("button", { name: "Try again" }).click();
    await expect(async () => {
      await plain.reload();
      await expect(plain.getByRole("link", { name: "PARQUET" })).toBeVisible({ timeout: 500 });
    }).toPass({ timeout: 30_000 });
  } finally {
    for (const one of [staff, without]) await one.close();
    await context.close();
    await own.close();
  }
});

test("whoever explores figures that were superseded is led to the same part of the newest", async ({ page }) => {
  await page.goto(`${version.replace("/versions/2", "/versions/1")}/explore?sort=-${encodeURIComponent("Year")}`);
  await expect(page.getByText(/A newer version, number 2/)).toBeVisible();
  await page.getByRole("link", { name: "Make the same choices there" }).click();
  await expect(page).toHaveURL(/versions\/2\/explore\?sort=-Year$/);
  await expect(page.getByRole("link", { name: "Make the same choices there" })).toHaveCount(0);
  await page.getByText("What the columns hold").click();
  await expect(page.getByRole("columnheader", { name: "Different values" })).toBeVisible();
  await axe(page);
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

test("what is taken along is copied by a button, and said", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  for (const [prefix, copy, said] of [
    ["", "Copy", "Copied"],
    ["/cy", "Copïo", "Wedi’i gopïo"],
  ]) {
    await page.goto(`${prefix}${version}/explore`);
    const code = page.locator("details", { has: page.locator("#explore-curl-text") });
    await code.locator("summary").click();
    await code.getByRole("button", { name: copy }).press("Enter");
    await expect(page.locator("#copied")).toHaveText(said!);
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toMatch(/^curl -L -o data\.csv '.*format=csv.*'$/);
    expect(copied).toBe(await page.locator("#explore-curl-text").textContent());
    await axe(page);
    await page.goto(`${prefix}${version}`);
    await page.locator("#cite").getByRole("button", { name: copy }).first().press("Enter");
    await expect(page.locator("#copied")).toHaveText(said!);
    expect(await page.evaluate(() => navigator.clipboard.readText())).toContain(version);
  }
});

test("a chart tells its figures to keys and to a pointer", async ({ page }) => {
  const gas = (name: string) => `dim.Gas=${encodeURIComponent(name)}`;
  await page.goto(`${gases}?${gas("Methane (CH4)")}&${gas("Nitrous oxide (N2O)")}&chart=area`);
  const stage = page.locator(".chart__stage");
  const readout = page.locator(".chart__readout");
  const periods = await page.locator(".chart__table tbody th").allTextContents();
  await stage.focus();
  await page.keyboard.press("End");
  await expect(readout).toContainText(periods.at(-1)!);
  await expect(readout).toHaveText(/Methane.*: \d.*Nitrous.*: \d/);
  await page.keyboard.press("ArrowLeft");
  await expect(readout).toContainText(periods.at(-2)!);
  await page.keyboard.press("Home");
  await expect(readout).toContainText(periods[0]!);
  await expect(readout).toHaveAttribute("aria-live", "polite");
  // One series is held up, and its figure told alone.
  await page.keyboard.press("ArrowDown");
  await expect(readout).not.toContainText("Nitrous");
  await expect(stage).toHaveAttribute("data-lit");
  await axe(page);
  await page.keyboard.press("Escape");
  await expect(readout).toBeEmpty();

  await page.locator(".chart__svg:visible").hover();
  await expect(readout).toContainText("Nitrous");
  await expect(readout).toHaveAttribute("aria-live", "off");
  await expect(page.locator(".chart__cursor")).toHaveCount(1);
  await page.locator(".chart__svg:visible .chart__label").first().hover();
  await expect(readout).not.toContainText("Nitrous");
  await page.getByRole("heading", { level: 1 }).hover();
  await expect(readout).toBeEmpty();

  // Of small panels up and down go from one to the next.
  await page.goto(`${gases}?chart=multiples&by=Gas`);
  await stage.focus();
  await page.keyboard.press("End");
  const second = page.locator(".chart__panel").nth(1);
  await expect(second.locator(".chart__cursor")).toHaveCount(0);
  await page.keyboard.press("ArrowDown");
  await expect(second.locator(".chart__cursor")).toHaveCount(1);
  await axe(page);
});

test("another site frames a chart, which leads here", async ({ page, context, catalogue }) => {
  await page.goto(`${gases}?dim.Gas=${encodeURIComponent("Methane (CH4)")},${encodeURIComponent("Nitrous oxide (N2O)")}&chart=area`);
  const code = await page.locator("#explore-embed-text").textContent();
  const elsewhere = createServer((_, answer) => {
    answer.setHeader("content-type", "text/html");
    answer.end(`<!DOCTYPE html><html lang="en"><title>Elsewhere</title><h1>News</h1>${code}<iframe src="${catalogue.url}/about"></iframe></html>`);
  });
  await new Promise<void>((done) => elsewhere.listen(0, "127.0.0.1", done));
  try {
    await page.goto(`http://localhost:${(elsewhere.address() as AddressInfo).port}/`);
    const framed = page.frameLocator("iframe[title]");
    await expect(framed.getByRole("img")).toBeVisible();
    await expect(framed.locator("script")).toHaveCount(0);
    await expect(framed.getByText(/^Source: .*Released/)).toBeVisible();
    // Any other page refuses.
    await expect.poll(() => page.frames().map((one) => one.url())).toContain("chrome-error://chromewebdata/");
    const opened = context.waitForEvent("page");
    await framed.getByRole("link", { name: /^Explore these figures/ }).click();
    const there = await opened;
    await expect(there.getByRole("heading", { level: 1 })).toContainText("Explore:");
    expect(await there.evaluate(() => window.opener)).toBeNull();
    expect(await context.cookies()).toEqual([]);
  } finally {
    elsewhere.closeAllConnections();
    elsewhere.close();
  }
});

test("an explorer in Welsh, and one of a version that there is not", async ({ page }) => {
  await page.goto(`/cy${version}/explore`);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Archwilio:");
  await axe(page);
  expect((await page.goto("/catalogue/under-five-mortality/editions/time-series/versions/99/explore"))?.status()).toBe(404);
});

test("figure, caption and differences of a wide table are in sight, on a phone too", async ({ page }) => {
  const unemployment = "/catalogue/unemployment-rate";
  const gdp = "/catalogue/gross-domestic-product-volume/editions/time-series/compare";
  for (const width of [1440, 768, 375]) {
    await page.setViewportSize({ width, height: 900 });
    for (const [path, which, wanted] of [
      [unemployment, "#table .table-scroll", /^Value/],
      [`${unemployment}/editions/time-series/versions/2/explore`, ".explore__table", /^Value/],
      [gdp, ".table-scroll:has(#revised-caption)", /^Difference/],
    ] as const) {
      await page.goto(path);
      const table = page.locator(which).first();
      const box = await table.boundingBox();
      const head = await table.getByRole("columnheader", { name: wanted }).boundingBox();
      expect(head!.x + head!.width, `${path} at ${width}`).toBeLessThanOrEqual(box!.x + box!.width + 1);
      // However far its rows are scrolled, what the table is called stays within its box.
      await table.evaluate((scrolled) => scrolled.scrollTo({ left: scrolled.scrollWidth }));
      const caption = await table.locator(".table__caption").boundingBox();
      expect(caption!.x, `${path} at ${width}`).toBeGreaterThanOrEqual(box!.x - 1);
      expect(caption!.x + caption!.width, `${path} at ${width}`).toBeLessThanOrEqual(box!.x + box!.width + 1);
    }
  }
  // What every row says stands above them, and a link shows all columns.
  await page.goto(unemployment);
  await expect(page.locator("#table caption").first()).toContainText("Unit measure: Percentage (%)");
  await axe(page);
  await page.getByRole("link", { name: "Show all columns as published" }).click();
  await expect(page).toHaveURL(/as=published/);
  await expect(page.getByRole("columnheader", { name: /^Unit measure/ })).toBeVisible();
  await axe(page);
});
