import axeCore from "axe-core";
import { expect, test as base, type Page } from "@playwright/test";
import { PASSWORD, startCatalogue, type Catalogue } from "./server.ts";

export { expect } from "@playwright/test";
export { BOTH_ROLES, PASSWORD, ROOT, TOKEN } from "./server.ts";

/** Rules of WCAG 2.2 AA, as axe names them, and what it knows of good practice: order of headings, landmarks, regions. */
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Tests get one seeded server per worker, and pages that know its address. */
export const test = base.extend<object, { catalogue: Catalogue }>({
  catalogue: [
    async ({}, use) => {
      const catalogue = await startCatalogue();
      await use(catalogue);
      await catalogue.close();
    },
    { scope: "worker", timeout: 180_000 },
  ],
  baseURL: async ({ catalogue }, use) => use(catalogue.url),
  // A script that stops somewhere takes away what comes after it, on pages that look as ever.
  context: async ({ context }, use) => {
    const errors: string[] = [];
    context.on("weberror", (found) => errors.push(`${found.page()?.url()}: ${found.error().message} ${found.error().stack}`));
    await use(context);
    expect(errors, "errors of scripts").toEqual([]);
  },
});

/** What axe finds wrong with the page as it stands, one line a rule with its places; by every rule or by these, and without those that say nothing here. */
export async function violations(page: Page, rules?: string[], without: string[] = []): Promise<string[]> {
  // Without scripts in the page axe cannot run: such journeys look at the same addresses with scripts elsewhere.
  // It is put into a page once, however often that is looked at, and tells of nothing but violations, which halves the time.
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axeCore.source);
  // Scrolled, a heading that stays hides part of what is below it, as it should.
  await page.evaluate(() => window.scrollTo({ top: 0, behavior: "instant" }));
  const runOnly = rules === undefined ? { type: "tag" as const, values: RULES } : { type: "rule" as const, values: rules };
  const found = await page.evaluate(
    async (options) => (window as unknown as { axe: typeof axeCore }).axe.run(document, options),
    { runOnly, rules: Object.fromEntries(without.map((rule) => [rule, { enabled: false }])), resultTypes: ["violations" as const], iframes: false },
  );
  return found.violations.map(({ id, help, nodes }) => {
    const places = nodes.map((node) => `  ${node.html}\n    ${node.failureSummary?.replaceAll("\n", " ") ?? ""}`);
    return `${id}: ${help}\n${places.slice(0, 5).join("\n")}`;
  });
}

/** Asserts that axe finds no violation on the page as it stands. */
export async function axe(page: Page): Promise<void> {
  expect(await violations(page), `accessibility of ${page.url()}`).toEqual([]);
}

/** Signs a seeded person in through the form. */
export async function signIn(page: Page, email: string): Promise<void> {
  await page.context().clearCookies();
  await page.goto("/account/sign-in");
  await page.locator('input[name="email"]').fill(email);
  await page.locator('input[name="password"]').fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).not.toHaveURL(/\/account\/sign-in/);
}
