import type { Page } from "@playwright/test";
import { BETWEEN_STEPS, inEnglish, inWelsh, ofPortal, statusOf, templateOf, templates, type Address } from "../addresses.ts";
import { Api } from "../api.ts";
import { expect, signIn, test, violations } from "../fixtures.ts";
import { CHECKED, overflow, put, type Look } from "../looks.ts";

// A trace would keep a copy of every page at every question, which takes longer than the questions.
test.use({ contextOptions: { reducedMotion: "reduce" }, trace: "off" });
test.setTimeout(240_000);

/** Looks at every address in these looks; everything found on any of them is told at once. */
async function look(page: Page, addresses: Address[], looks: Look[]): Promise<void> {
  const found: Record<string, string[]> = {};
  for (const address of addresses) {
    const { path } = address;
    const status = (await page.goto(path))?.status();
    if (status !== statusOf(address)) found[path] = [`answered with ${status}`];
    for (const way of looks) {
      await put(page, way);
      const told = await violations(page, way.rules);
      const headings = await page.locator("h1").count();
      if (headings !== 1) told.push(`${headings} headings of the first level`);
      const wide = await overflow(page);
      if (wide > 0) told.push(`${wide} px wider than a window of ${way.width} px`);
      if (told.length > 0) found[`${path} (${way.name})`] = told;
    }
  }
  expect(found).toEqual({});
}

test("axe finds what is wrong where something is", async ({ page }) => {
  await page.goto("/about");
  await page.evaluate(() => document.querySelector("main")?.append(document.createElement("input"), document.createElement("h5")));
  const told = (await violations(page)).join();
  expect(told).toContain("label");
  expect(told).toContain("empty-heading");
});

test("every page that the program has is among those that are looked at", async ({ catalogue }) => {
  const all = templates();
  expect(all.length).toBeGreaterThan(100);
  const portal = [...(await ofPortal(new Api(catalogue))).values()].flat();
  const seen = [...inEnglish(), ...inWelsh(), ...portal].map(({ path }) => templateOf(path, all));
  const missed = all.filter((template) => !seen.includes(template) && !(template in BETWEEN_STEPS));
  expect(missed, "add an address of each to addresses.ts").toEqual([]);
});

test("axe finds nothing on the public pages", async ({ page }) => {
  await look(page, inEnglish(), CHECKED);
});

test("axe finds nothing on the public pages in Welsh", async ({ page }) => {
  // Longer words have to fit the narrowest window; of wider ones English tells enough.
  await look(page, inWelsh(), CHECKED.slice(1, 2).map((way) => ({ ...way, rules: undefined })));
});

for (const who of ["editor", "approver", "operator", "admin"] as const) {
  test(`axe finds nothing on the portal's pages of the ${who}`, async ({ page, catalogue }) => {
    const addresses = (await ofPortal(new Api(catalogue))).get(who) ?? [];
    await signIn(page, `${who}@example.org`);
    await look(page, addresses, CHECKED);
  });
}

test("text twice as large fits its page", async ({ page }) => {
  const wide: Record<string, number> = {};
  await page.setViewportSize({ width: 1280, height: 900 });
  for (const { path } of inEnglish()) {
    await page.goto(path);
    await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
    const by = await overflow(page);
    if (by > 0) wide[path] = by;
  }
  expect(wide).toEqual({});
});
