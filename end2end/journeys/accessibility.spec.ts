import type { Page } from "@playwright/test";
import { BETWEEN_STEPS, inEnglish, inWelsh, ofPortal, statusOf, templateOf, templates, type Address } from "../addresses.ts";
import { Api } from "../api.ts";
import { expect, signIn, test, violations } from "../fixtures.ts";
import { tabTo, walk } from "../keys.ts";
import { EVERY, MATRIX, TURN, inTurn, moving, oneInTurn, overflow, overflowOfLargeText, put, silent, unfit, type Look } from "../looks.ts";

// A trace would keep a copy of every page at every question, which takes longer than the questions.
test.use({ contextOptions: { reducedMotion: "reduce" }, trace: "off" });
test.setTimeout(EVERY ? 3_600_000 : 480_000);

/** How the same is asked again, of whatever commit. */
const AGAIN = EVERY ? "make axe asks the same again" : `AXE_TURN=${TURN} asks the same again`;

test.beforeAll(() => console.log(`Looks at pages by turns: ${AGAIN}`));

/** Looks at every address in the looks that its place in the list gives it; everything found on any of them is told at once. */
async function look(page: Page, addresses: Address[], looks: (place: number) => Look[]): Promise<void> {
  const found: Record<string, string[]> = {};
  for (const [place, address] of addresses.entries()) {
    const { path } = address;
    const ofPage: string[] = [];
    const status = (await page.goto(path))?.status();
    if (status !== statusOf(address)) ofPage.push(`answered with ${status}`);
    const ways = EVERY ? MATRIX : looks(place);
    for (const way of ways) {
      await put(page, way);
      const told = await violations(page, way.rules, silent(way));
      const wide = await overflow(page);
      if (wide > 0) told.push(`${wide} px wider than a window of ${way.width} px`);
      if (told.length > 0) found[`${path} (${way.name})`] = told;
    }
    const headings = await page.locator("h1").count();
    if (headings !== 1) ofPage.push(`${headings} headings of the first level`);
    ofPage.push(...(await moving(page)).map((what) => `moves although less motion was asked for: ${what}`));
    ofPage.push(...(await unfit(page, ways)));
    const large = await overflowOfLargeText(page);
    if (large > 0) ofPage.push(`${large} px wider than its window with text twice as large`);
    if (ofPage.length > 0) found[path] = ofPage;
  }
  expect(found, AGAIN).toEqual({});
}

test("what is wrong is found where something is", async ({ page }) => {
  await page.goto("/about");
  expect([await unfit(page), await moving(page)]).toEqual([[], []]);
  await page.evaluate(() => {
    const moved = document.createElement("h5");
    moved.className = "moved";
    moved.style.setProperty("transition", "opacity 1s", "important");
    const wide = document.createElement("input");
    wide.style.cssText = "inline-size: 400px; max-inline-size: none; max-width: none";
    document.querySelector("main")?.append(wide, moved);
  });
  expect(await moving(page)).toEqual(["h5.moved"]);
  expect((await unfit(page)).join()).toMatch(/^\d+ px wider than a window of 320 px$/);
  const told = (await violations(page)).join();
  expect(told).toContain("label");
  expect(told).toContain("empty-heading");
});

test("by turns pages are looked at in every width and colours, and in all pairs of them", () => {
  const pairs = (looks: Look[]) => new Set(looks.map(({ name }) => name));
  for (const [place, turn] of [[0, 0], [1, 7], [2, 1200], [100, 5]] as const) {
    const three = [0, 1, 2].map((more) => inTurn(place + more, turn));
    for (const looks of three) {
      expect(new Set(looks.map(({ width }) => width)).size).toBe(3);
      expect(looks.map(({ name }) => name.split(",")[0])).toEqual(["light", "dark", "forced colours"]);
    }
    expect(pairs(three.flat())).toEqual(pairs(MATRIX));
    expect(new Set(three.flat().filter(({ rules }) => rules === undefined).map(({ width }) => width)).size).toBe(3);
    const nine = MATRIX.flatMap((_, more) => oneInTurn(place + more, turn));
    expect([nine.length, pairs(nine)]).toEqual([9, pairs(MATRIX)]);
    // The same page is not looked at in the same way for ever.
    expect(pairs([0, 1, 2].flatMap((later) => inTurn(place, turn + later)))).toEqual(pairs(MATRIX));
    expect(pairs(MATRIX.flatMap((_, later) => oneInTurn(place, turn + later)))).toEqual(pairs(MATRIX));
  }
});

test("every page that the program has is among those that are looked at", async ({ catalogue }) => {
  const all = templates();
  expect(all.length).toBeGreaterThan(100);
  const portal = [...(await ofPortal(new Api(catalogue))).values()].flat();
  const seen = [...inEnglish(), ...inWelsh(), ...portal].map(({ path }) => templateOf(path, all));
  const missed = all.filter((template) => !seen.includes(template) && !(template in BETWEEN_STEPS));
  expect(missed, "add an address of each to addresses.ts").toEqual([]);
});

test("nothing is wrong with the public pages", async ({ page }) => {
  await look(page, inEnglish(), inTurn);
});

test("nothing is wrong with the public pages in Welsh", async ({ page }) => {
  await look(page, inWelsh(), oneInTurn);
});

for (const who of ["editor", "approver", "operator", "admin"] as const) {
  test(`nothing is wrong with the portal's pages of the ${who}`, async ({ page, catalogue }) => {
    const addresses = (await ofPortal(new Api(catalogue))).get(who) ?? [];
    await signIn(page, `${who}@example.org`);
    await look(page, addresses, inTurn);
  });
}

test("a reader searches, filters, chooses and downloads by keys alone, and always sees where they are", async ({ page }) => {
  await page.goto("/");
  await page.keyboard.press("Tab");
  const skip = page.locator(".skip-link");
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press("Enter");
  await expect(page.locator("#main")).toBeFocused();
  await tabTo(page, page.locator("main input[name=q]"));
  await page.keyboard.type("mortality");
  await page.keyboard.press("Enter");

  await expect(page).toHaveURL(/\/search\?.*q=mortality/);
  await tabTo(page, page.locator('form.facets input[name="formats"][value="csv"]'));
  await page.keyboard.press("Space");
  await tabTo(page, page.locator("form.facets .facets__actions button"));
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/formats=csv/);
  await tabTo(page, page.locator(".result__title a", { hasText: "Deaths of children under five" }));
  await page.keyboard.press("Enter");

  await expect(page).toHaveURL(/\/catalogue\/under-five-mortality/);
  await tabTo(page, page.getByRole("link", { name: "Explore the data" }).first());
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/explore/);
  await tabTo(page, page.locator("form.facets input[type=checkbox][name^='dim.']").first());
  await page.keyboard.press("Space");
  await tabTo(page, page.locator("form.facets .facets__actions button"));
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/dim\./);
  await tabTo(page, page.locator(".explore__take").getByRole("link", { name: "CSV", exact: true }));
  const download = page.waitForEvent("download");
  await page.keyboard.press("Enter");
  expect((await download).suggestedFilename()).toMatch(/\.csv$/);
});

test("a reader finds a release by keys alone, and no page keeps the focus", async ({ page }) => {
  await page.goto("/");
  await tabTo(page, page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Releases" }));
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/releases$/);
  await tabTo(page, page.locator(".tabs").getByRole("link", { name: "Published" }));
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/view=published/);
  await tabTo(page, page.locator("#words"));
  await page.keyboard.type("national accounts");
  await tabTo(page, page.locator(".calendar-filters button"));
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/q=national/);
  await tabTo(page, page.locator(".ledger__what a", { hasText: "Quarterly national accounts" }).first());
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Quarterly national accounts");

  const explorer = "/catalogue/under-five-mortality/editions/time-series/versions/2/explore";
  for (const path of ["/", "/search?q=inflation", "/catalogue/under-five-mortality", explorer, "/releases"]) {
    await page.goto(path);
    expect(await walk(page), path).toBeGreaterThan(10);
  }
});
