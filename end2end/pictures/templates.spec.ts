import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { SAID_ANYWHERE, inEnglish, inWelsh, ofPortal, statusOf, type Address } from "../addresses.ts";
import { Api } from "../api.ts";
import { code } from "../authenticator.ts";
import { BOTH_ROLES, ROOT, expect, signIn, test } from "../fixtures.ts";
import { PICTURED, put, type Look } from "../looks.ts";
import { Portal } from "../pages/portal.ts";
import { sheet, type Taken } from "./sheet.ts";
import { tooLate, tooMany } from "./sorry.ts";

/** Where the pictures and the page that shows them go. */
const FOLDER = join(ROOT, "target", "screenshots");

/** Welsh pages whose longer words are worth a look. */
const WELSH = ["home", "search", "topic", "dataset", "version", "explore", "compare", "releases", "register", "help", "subscribe"];

/** All looks, or those that `LOOKS` names with commas between them. */
const WANTED = process.env.LOOKS?.split(",");
const SOME = PICTURED.filter(({ name }) => WANTED === undefined || WANTED.includes(name));

const taken: Taken[] = [];

test.setTimeout(1_200_000);

/** Takes a picture of each address in each look. */
async function take(page: Page, group: string, addresses: Address[], looks: Look[]): Promise<void> {
  for (const address of addresses) {
    const { name, path } = address;
    for (const look of looks) {
      // Set before the page is asked for, so that it is laid out as on such a screen.
      await page.setViewportSize({ width: look.width, height: look.height });
      await page.emulateMedia({ colorScheme: look.colorScheme, reducedMotion: "reduce" });
      const status = (await page.goto(path))?.status();
      if (status !== statusOf(address)) throw new Error(`${path} was answered with ${status}`);
      await put(page, look);
      await page.evaluate(async () => document.fonts.ready);
      const file = `${name}.${look.name}.png`;
      await page.screenshot({ path: join(FOLDER, file), fullPage: true, animations: "disabled", caret: "hide" });
      taken.push({ group, name, path, look: look.name, file });
    }
  }
}

test.beforeAll(async () => mkdir(FOLDER, { recursive: true }).then(() => undefined));

test.afterAll(async () => writeFile(join(FOLDER, "index.html"), sheet(taken)));

test("the public site", async ({ page }) => {
  await take(page, "The public site", inEnglish(), SOME);
});

test("the public site in Welsh", async ({ page }) => {
  const some = inWelsh().filter(({ name }) => WELSH.includes(name.replace(/-cy$/, "")));
  await take(page, "The public site in Welsh", some, SOME);
});

for (const who of ["editor", "approver", "operator", "admin"] as const) {
  test(`the portal of the ${who}`, async ({ page, catalogue }) => {
    const addresses = (await ofPortal(new Api(catalogue))).get(who) ?? [];
    await signIn(page, `${who}@example.org`);
    await take(page, `The portal of the ${who}`, addresses, SOME);
  });
}

test("what was kept of a selection", async ({ page }) => {
  await page.goto("/catalogue/under-five-mortality/editions/time-series/versions/2/explore");
  await page.locator("form.facets input[type=checkbox][name^='dim.']").first().check();
  await page.locator("form.facets .facets__actions button").click();
  await expect(page).toHaveURL(/dim\./);
  await page.getByRole("button", { name: "Keep this selection" }).click();
  await expect(page).toHaveURL(/\/outputs\//);
  const { pathname } = new URL(page.url());
  await take(page, "The public site", [{ name: "output", path: pathname }], SOME);
  await take(page, "The public site in Welsh", [{ name: "output-cy", path: `/cy${pathname}` }], SOME);
});

test("an import that was carried out", async ({ page }) => {
  const portal = new Portal(page);
  await signIn(page, "editor@example.org");
  await page.goto("/admin/imports");
  const line = "pictured-import,environment,Allotments in pictures,How many there are.";
  await portal.fill("imports/files", { csv: `id,department,title,description\n${line}` });
  await portal.send("imports/files");
  await portal.send("imports/carry-out");
  await page.getByRole("link", { name: "What it did, and how to undo it" }).click();
  await expect(page).toHaveURL(/\/admin\/imports\/[^/]+$/);
  await take(page, "The portal of the editor", [{ name: "import", path: new URL(page.url()).pathname }], SOME);
});

test("the steps around a second factor", async ({ page }) => {
  const portal = new Portal(page);
  await signIn(page, BOTH_ROLES);
  await page.goto("/account");
  await portal.send("account/begin-second-factor");
  await take(page, "Signing in", [{ name: "second-factor", path: "/account/second-factor" }], SOME);
  const key = ((await page.locator("#second-factor-key").textContent()) ?? "").replaceAll(" ", "");
  await portal.fill("account/confirm-second-factor", { code: code(key, 0) });
  await portal.send("account/confirm-second-factor");
  await signIn(page, BOTH_ROLES);
  await expect(page).toHaveURL(/\/account\/second-step/);
  await take(page, "Signing in", [{ name: "second-step", path: "/account/second-step" }], SOME);
});

test("what is said where there is no answer", async ({ page }) => {
  for (const address of SAID_ANYWHERE) {
    const { status, html } = await { "too-many": tooMany, "too-late": tooLate }[address.name]();
    // As it was said, at an address of its own, so that it can be looked at as often as there are looks.
    await page.route(`**${address.path}`, (route) => route.fulfill({ status, contentType: "text/html; charset=utf-8", body: html }));
    await take(page, "The public site", [address], SOME);
  }
});
