import type { Page } from "@playwright/test";
import { code } from "../authenticator.ts";
import { PASSWORD, axe, expect, signIn, test as base } from "../fixtures.ts";
import { plain, startMailServer, type MailServer } from "../mail.ts";
import { Portal } from "../pages/portal.ts";
import { startCatalogue, type Catalogue } from "../server.ts";

const EMAIL = "editor@example.org";
const NEW = "quite another handful of words";

/** These journeys change passwords, so each has its own server, and a mail server beside it. */
const test = base.extend<{ own: Catalogue; mail: MailServer }>({
  mail: async ({}, use) => {
    const mail = await startMailServer();
    await use(mail);
    await mail.close();
  },
  own: async ({ mail }, use) => {
    const own = await startCatalogue({ SMTP_URL: mail.url, MAIL_FROM: "Catalogue <catalogue@example.org>" });
    await use(own);
    await own.close();
  },
  baseURL: async ({ own }, use) => use(own.url),
});

test.use({ contextOptions: { reducedMotion: "reduce" } });
test.setTimeout(120_000);

/** Asserts that axe finds nothing on the page, in light and in dark. */
async function look(page: Page): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await axe(page);
  }
}

/** Signs in once more in the same browser, which keeps its cookies. */
async function signInAgain(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Sign out" }).first().click();
  await expect(page).toHaveURL(/\/$/);
  await page.goto("/account/sign-in");
  await page.locator('input[name="email"]').fill(EMAIL);
  await page.locator('input[name="password"]').fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).not.toHaveURL(/\/account\/sign-in/);
}

test("somebody sets a second factor up and signs in with it, on a remembered device without", async ({ page }) => {
  const portal = new Portal(page);
  await signIn(page, EMAIL);
  await page.goto("/account");
  await expect(page.getByRole("table", { name: "Where you are signed in" })).toContainText("This session");
  await look(page);
  await portal.send("account/begin-second-factor");
  await expect(page.getByRole("img", { name: /QR code/ })).toBeVisible();
  await look(page);
  const key = ((await page.locator("#second-factor-key").textContent()) ?? "").replaceAll(" ", "");
  await portal.fill("account/confirm-second-factor", { code: code(key, 0) });
  await portal.send("account/confirm-second-factor");
  await portal.says(/second factor is set up/);
  const codes = await page.getByRole("listitem").filter({ hasText: /^\w{4}-\w{4}-\w{4}-\w{4}$/ }).allTextContents();
  expect(codes).toHaveLength(10);
  await look(page);

  await page.getByRole("button", { name: "Sign out" }).first().click();
  await signIn(page, EMAIL);
  await expect(page).toHaveURL(/\/account\/second-step/);
  await look(page);
  await portal.fill("account/second-step", { code: "000000" });
  await portal.send("account/second-step");
  await expect(page.locator(".error-summary")).toContainText("This code does not fit");
  await look(page);
  // The code of the set-up is used up; the next one is taken early.
  await portal.fill("account/second-step", { code: code(key, 1) });
  await portal.send("account/second-step");
  await expect(page).toHaveURL(/\/admin$/);

  await signIn(page, EMAIL);
  await portal.fill("account/second-step", { code: codes[0] ?? "" });
  await portal.send("account/second-step");
  await page.goto("/account");
  await expect(page.getByRole("main")).toContainText("9 recovery codes are left");
  await look(page);

  await signInAgain(page);
  await portal.fill("account/second-step", { code: codes[1] ?? "" });
  await page.getByRole("checkbox", { name: "Remember this device for 30 days" }).check();
  await portal.send("account/second-step");
  await expect(page).toHaveURL(/\/admin$/);
  await signInAgain(page);
  await expect(page, "no code is asked for").toHaveURL(/\/admin$/);
  await page.goto("/account");
  const devices = page.getByRole("table", { name: "Devices that are remembered" });
  await expect(devices.getByRole("row")).toHaveCount(2);
  await look(page);
  await devices.getByText("Forget this device").first().click();
  await look(page);
  await portal.send("account/forget-device");
  await portal.says(/device is forgotten/);
  await expect(devices).toHaveCount(0);
  await signInAgain(page);
  await expect(page, "a code is asked for again").toHaveURL(/\/account\/second-step/);
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("a second factor is set up, and asked for from then on", async ({ page }) => {
    const portal = new Portal(page);
    await signIn(page, EMAIL);
    await page.goto("/account");
    await portal.send("account/begin-second-factor");
    const key = ((await page.locator("#second-factor-key").textContent()) ?? "").replaceAll(" ", "");
    await portal.fill("account/confirm-second-factor", { code: code(key, 0) });
    await portal.send("account/confirm-second-factor");
    await portal.says(/second factor is set up/);
    await signIn(page, EMAIL);
    await expect(page).toHaveURL(/\/account\/second-step/);
    await portal.fill("account/second-step", { code: code(key, 1) });
    await portal.send("account/second-step");
    await expect(page).toHaveURL(/\/admin$/);
  });
});

test("what is typed as a password is shown when that is wanted, and hidden again when it is sent", async ({ page, browser, own }) => {
  await page.goto("/account/sign-in");
  const password = page.locator('input[name="password"]');
  const shows = page.getByRole("button", { name: "Show password", exact: true });
  await page.locator('input[name="email"]').fill(EMAIL);
  await password.fill(PASSWORD);
  await expect(password).toHaveAttribute("type", "password");
  await expect(shows).toHaveAttribute("aria-pressed", "false");
  const box = await shows.boundingBox();
  expect(box?.height ?? 0, "it is large enough to be met").toBeGreaterThanOrEqual(24);
  await shows.focus();
  await page.keyboard.press("Space");
  await expect(password).toHaveAttribute("type", "text");
  await expect(password).toHaveValue(PASSWORD);
  await expect(shows).toHaveAttribute("aria-pressed", "true");
  await expect(page.getByRole("status").filter({ hasText: "What you typed is shown." })).toHaveCount(1);
  await look(page);
  await shows.click();
  await expect(password).toHaveAttribute("type", "password");
  await expect(page.getByRole("status").filter({ hasText: "What you typed is hidden." })).toHaveCount(1);
  // Held on this page when it is sent, the field is seen to be hidden by then.
  await shows.click();
  await page.evaluate(() => document.addEventListener("submit", (event) => event.preventDefault(), { once: true }));
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(password).toHaveAttribute("type", "password");
  await expect(shows).toHaveAttribute("aria-pressed", "false");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/admin$/);

  // Of several on a page each says which field it is about.
  await page.goto("/account");
  await page.getByRole("button", { name: /^Show password ?: New password$/ }).click();
  await expect(page.locator("#account-change-password-new_password")).toHaveAttribute("type", "text");
  await expect(page.locator("#account-change-password-password")).toHaveAttribute("type", "password");
  // One that is being chosen says how much of it is missing.
  const chosen = page.locator("#account-change-password-new_password");
  await chosen.fill("a few words");
  await expect(page.getByText("3 more characters are needed.")).toBeVisible();
  await look(page);
  await chosen.fill("a few longer words");
  await expect(page.locator(".field__hint").filter({ hasText: "Long enough." })).toBeVisible();
  await expect(page.getByRole("status").filter({ hasText: "Long enough." })).toHaveCount(1);
  await look(page);

  const context = await browser.newContext({ baseURL: own.url, javaScriptEnabled: false });
  const plain = await context.newPage();
  await plain.goto("/account/sign-in");
  await expect(plain.locator('input[name="password"]')).toHaveAttribute("type", "password");
  await expect(plain.getByRole("button", { name: "Show password" })).toHaveCount(0);
  await context.close();
});

test("a forgotten password is replaced through a letter", async ({ page, mail, own }) => {
  const portal = new Portal(page);
  await page.goto("/account/sign-in");
  await page.getByRole("link", { name: "I have forgotten my password" }).click();
  await look(page);
  await portal.fill("account/forgotten", { email: EMAIL });
  await portal.send("account/forgotten");
  await portal.says(/letter with a link/);
  await expect.poll(() => mail.letters.length, { timeout: 15_000 }).toBe(1);
  const token = /\/account\/reset\?token=([0-9a-f]{64})/.exec(plain(mail.letters[0] ?? ""))?.[1] ?? "";
  expect(token).toHaveLength(64);
  expect(own.log()).not.toContain(token);

  await page.goto(`/account/reset?token=${token}`);
  await look(page);
  await portal.fill("account/reset", { new_password: "passwordpassword" });
  await portal.send("account/reset");
  await expect(page.locator(".error-summary")).toContainText("easy to guess");
  await portal.fill("account/reset", { new_password: NEW });
  await portal.send("account/reset");
  await portal.says(/new password/);
  await page.goto(`/account/reset?token=${token}`);
  await expect(page.getByRole("main")).toContainText("used already or has ended");
  await look(page);

  await page.goto("/account/sign-in");
  await page.locator('input[name="email"]').fill(EMAIL);
  await page.locator('input[name="password"]').fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.locator(".error-summary")).toContainText("is not right");
  await page.locator('input[name="password"]').fill(NEW);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/admin$/);
});
