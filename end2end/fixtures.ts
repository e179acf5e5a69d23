import { AxeBuilder } from "@axe-core/playwright";
import { expect, test as base, type Page } from "@playwright/test";
import { PASSWORD, startCatalogue, type Catalogue } from "./server.ts";

export { expect } from "@playwright/test";
export { BOTH_ROLES, PASSWORD, ROOT, TOKEN } from "./server.ts";

/** Rules of WCAG 2.2 AA, as axe names them. */
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

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
});

/** What axe finds wrong with the page as it stands, one line a rule with its places. */
export async function violations(page: Page): Promise<string[]> {
  // No page holds frames, so axe need not look for them (the legacy mode), which halves the time.
  // Without scripts in the page axe cannot run: such journeys look at the same addresses with scripts elsewhere.
  const found = await new AxeBuilder({ page }).setLegacyMode().withTags(RULES).analyze();
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
