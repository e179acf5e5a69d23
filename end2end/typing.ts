import { expect, type Locator, type Page } from "@playwright/test";
import { Portal } from "./pages/portal.ts";
import { PASSWORD } from "./server.ts";

/** Goes on with the Tab key until something has the focus; without a pointer there is no other way. */
export async function tabTo(page: Page, wanted: Locator): Promise<void> {
  await wanted.waitFor();
  for (let pressed = 0; pressed < 200; pressed += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`the Tab key does not lead to ${String(wanted)}`);
}

/** Types into a field that the Tab key leads to. */
export async function type(page: Page, field: Locator, text: string): Promise<void> {
  await tabTo(page, field);
  await page.keyboard.type(text);
}

/** Presses Enter at something that the Tab key leads to, and waits for what is said then, where anything is. */
export async function press(page: Page, wanted: Locator, says?: RegExp): Promise<void> {
  await tabTo(page, wanted);
  await page.keyboard.press("Enter");
  if (says === undefined) return;
  await new Portal(page).says(says);
  // What is said stands at the top; what is looked for next may be far below.
  await page.waitForLoadState();
}

/** Signs a seeded person in with the keyboard alone. */
export async function signInByKeys(page: Page, email: string): Promise<void> {
  await page.context().clearCookies();
  await page.goto("/account/sign-in");
  await type(page, page.locator('input[name="email"]'), email);
  await type(page, page.locator('input[name="password"]'), PASSWORD);
  await page.keyboard.press("Enter");
  await expect(page).not.toHaveURL(/sign-in/);
}
