import type { Page } from "@playwright/test";
import { Api } from "../api.ts";
import { axe, expect, test as base } from "../fixtures.ts";
import { plain, startMailServer, type MailServer } from "../mail.ts";
import { startCatalogue, type Catalogue } from "../server.ts";

const READER = "reader@example.org";

/** Letters are sent, so the journey has its own server and a mail server beside it; it works without scripts. */
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

/** The letters to the reader so far. */
function letters(mail: MailServer): string[] {
  return mail.letters.map(plain).filter((letter) => letter.includes(`To: ${READER}`));
}

/** The path and query of a link in a letter. */
function link(letter: string | undefined, page: string): string {
  const found = new RegExp(`http://[^/\\s]+(/subscribe/${page}\\?token=[0-9a-f.-]+)`).exec(letter ?? "")?.[1] ?? "";
  expect(found, letter).not.toBe("");
  return found;
}

/** Asserts that axe finds nothing on the page, in light and in dark. */
async function look(page: Page): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await axe(page);
  }
}

test("a reader subscribes, confirms, is told and stops", async ({ page, mail, own }) => {
  const api = new Api(own);
  await test.step("the page of a dataset leads to the form", async () => {
    await page.goto("/catalogue/cpih-selected-months");
    await page.getByRole("main").getByRole("link", { name: "E-mail updates" }).click();
    await expect(page).toHaveURL(/\/subscribe\?dataset=cpih-selected-months/);
    await look(page);
    await page.locator("a.lang-switch").click();
    await expect(page.getByRole("button", { name: "Anfonwch y ddolen ataf" })).toBeVisible();
  });

  await test.step("and so does what a search finds, with its words and filters", async () => {
    await page.goto("/search?q=census&geography=england-and-wales");
    await page.locator(".be-told a").click();
    await expect(page.getByRole("heading", { level: 1 })).toContainText("“census”; Place: England and Wales");
  });

  await test.step("a refused form keeps what was typed", async () => {
    await page.goto("/");
    await page.getByRole("contentinfo").getByRole("link", { name: "E-mail updates" }).click();
    await page.getByLabel("E-mail address").fill("no address");
    await page.getByRole("button", { name: "Send me the link" }).click();
    await expect(page.locator(".error-summary")).toContainText("Give an e-mail address");
    await expect(page.getByLabel("E-mail address")).toHaveValue("no address");
    await look(page);
    await page.getByLabel("E-mail address").fill(READER);
    await page.getByRole("button", { name: "Send me the link" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Look at your mail");
    await look(page);
  });

  await test.step("the link of the letter leads to a button that confirms", async () => {
    await expect.poll(() => letters(mail).length, { timeout: 15_000 }).toBe(1);
    const confirm = link(letters(mail)[0], "confirm");
    expect(own.log()).not.toContain(confirm.split("token=")[1]);
    await page.goto(confirm);
    await look(page);
    await page.getByRole("button", { name: "Yes, write to me" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("You have subscribed");
    await look(page);
  });

  await test.step("a publication brings one letter", async () => {
    const bundle = await api.bundleIn("approved");
    await api.send("POST", `/v1/bundles/${bundle.id}/publish`, { reason: "A journey" });
    await expect.poll(() => letters(mail).length, { timeout: 30_000 }).toBe(2);
    expect(letters(mail)[1]).toContain("List-Unsubscribe-Post: List-Unsubscribe=One-Click");
    expect(letters(mail)[1]).toContain("/catalogue/");
  });

  await test.step("and leads to the page that stops them", async () => {
    await page.goto(link(letters(mail)[1], "manage"));
    await look(page);
    await page.getByRole("button", { name: /^Stop/ }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("No more letters");
    await page.goto(link(letters(mail)[1], "manage"));
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("No more letters");
    await look(page);
  });
});
