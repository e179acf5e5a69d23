import { PASSWORD, axe, expect, signIn, test as base } from "../fixtures.ts";
import { Portal } from "../pages/portal.ts";
import { startCatalogue, type Catalogue } from "../server.ts";

const EMAIL = "editor@example.org";

/** A server of its own at a name, since browsers know passkeys at no IP address. */
const test = base.extend<{ own: Catalogue }>({
  own: async ({}, use) => {
    const own = await startCatalogue({}, "localhost");
    await use(own);
    await own.close();
  },
  baseURL: async ({ own }, use) => use(own.url),
});

test.use({ contextOptions: { reducedMotion: "reduce" } });
test.setTimeout(120_000);

test("somebody adds a passkey, signs in with it and removes it", async ({ page }) => {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  const portal = new Portal(page);
  await signIn(page, EMAIL);
  await page.goto("/account");
  const form = page.locator("#add-passkey");
  const said = page.locator("#passkey-said");
  await expect(form).toBeVisible();
  await axe(page);
  await form.getByLabel("Name").fill("This device");
  await form.locator('input[name="password"]').fill("not the right words");
  await form.getByRole("button", { name: "Add a passkey" }).click();
  await expect(said).toContainText("This is not your password");
  await axe(page);
  await form.locator('input[name="password"]').fill(PASSWORD);
  await form.getByRole("button", { name: "Add a passkey" }).click();
  await page.waitForURL(/\/account\/recovery-codes$/);
  await portal.says(/Your passkey was added/);
  await expect(page.getByRole("listitem").filter({ hasText: /^\w{4}-\w{4}-\w{4}-\w{4}$/ })).toHaveCount(10);
  await page.goto("/account");
  const passkeys = page.getByRole("table", { name: "Your passkeys" });
  await expect(passkeys).toContainText("This device");
  await axe(page);

  await page.getByRole("button", { name: "Sign out" }).first().click();
  await signIn(page, EMAIL);
  await expect(page).toHaveURL(/\/account\/second-step/);
  const use = page.getByRole("button", { name: "Use a passkey" });
  await expect(use).toBeVisible();
  await expect(page.locator('input[name="code"]'), "a code is taken as well").toBeVisible();
  await axe(page);
  await use.click();
  await page.waitForURL((url) => url.pathname === "/admin");

  await page.goto("/account");
  await expect(passkeys).not.toContainText("Not yet");
  await passkeys.getByText("Remove").first().click();
  await passkeys.locator('input[name="password"]').fill(PASSWORD);
  await axe(page);
  await portal.send("account/remove-passkey");
  await portal.says(/That passkey was removed/);
  await expect(passkeys).toHaveCount(0);
  await signIn(page, EMAIL);
  await expect(page, "the password is enough again").toHaveURL((url) => url.pathname === "/admin");
});

test("a browser without scripts takes codes and offers no passkeys", async ({ browser, own }) => {
  const context = await browser.newContext({ baseURL: own.url, javaScriptEnabled: false });
  const page = await context.newPage();
  await signIn(page, EMAIL);
  await page.goto("/account");
  await expect(page.locator("#add-passkey")).toBeHidden();
  await expect(page.locator("#no-passkeys")).toBeVisible();
  await context.close();
});
