import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { inEnglish, inWelsh, ofPortal, statusOf, type Address } from "../addresses.ts";
import { Api } from "../api.ts";
import { ROOT, signIn, test } from "../fixtures.ts";
import { PICTURED, put, type Look } from "../looks.ts";
import { sheet, type Taken } from "./sheet.ts";

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
