import { Api } from "../api.ts";
import { BOTH_ROLES, axe, expect, signIn, test } from "../fixtures.ts";
import { Portal } from "../pages/portal.ts";
import type { Browser, Page, Request } from "@playwright/test";

const ROWS = "Year,Council,Plots\n2023,Conwy,120\n2024,Conwy,124\n2025,Conwy,131\n";
/** Longer than a page without a stream waits before it asks again. */
const ASKED_AGAIN = 30_000;

/** Another browser, in which Gwen Parry is signed in. */
async function gwen(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext({ baseURL: url });
  const page = await context.newPage();
  await signIn(page, BOTH_ROLES);
  return page;
}

async function unfold(page: Page): Promise<void> {
  const form = page.locator('details:has(form[action="/rpc/datasets/edit"]) > summary');
  if (await form.count()) await form.first().click();
}

test("two editors see each other, and one hears what the other saved", async ({ page, browser, catalogue }) => {
  test.setTimeout(120_000);
  await new Api(catalogue).submittedVersion("allotments-live", ROWS);
  const address = "/admin/datasets/allotments-live";
  await signIn(page, "editor@example.org");
  // A stream that ends is taken up again; that two are open at a time is what may not be.
  const streams = new Set<Request>();
  let most = 0;
  page.on("request", (request) => {
    if (request.resourceType() === "eventsource") most = Math.max(most, streams.add(request).size);
  });
  page.on("requestfinished", (request) => streams.delete(request));
  page.on("requestfailed", (request) => streams.delete(request));
  await page.goto(address);
  await expect(page.locator("#live-others")).toBeHidden();

  const other = await gwen(browser, catalogue.url);
  await other.goto(address);
  await expect(other.locator("#live-others")).toContainText("has this open since");
  await expect(page.locator("#live-others")).toContainText("Gwen Parry has this open since", { timeout: 20_000 });
  await axe(page);
  // Said for a while, and then no more than a mark in the corner.
  await expect(page.locator("#live-others")).toHaveAttribute("data-folded", "yes", { timeout: 20_000 });
  expect((await page.locator("#live-others").boundingBox())?.width, "nothing lies over what is read").toBeLessThan(60);
  await axe(page);

  const [mine, theirs] = [new Portal(page), new Portal(other)];
  await unfold(page);
  await unfold(other);
  const field = mine.field("datasets/edit", "survey");
  await field.click();
  await page.keyboard.type("Allotment returns");
  await expect(other.locator("#live-others")).toContainText("is editing this", { timeout: 20_000 });
  const before = await field.boundingBox();
  await theirs.fill("datasets/edit", { unit_of_measure: "plots" });
  await theirs.send("datasets/edit");

  const changed = page.locator("#live-changed");
  await expect(changed).toContainText(/Changed by Gwen Parry at \d/, { timeout: 20_000 });
  await expect(page.locator("#live-said")).toContainText("Changed by Gwen Parry");
  await expect(field, "what is said takes no focus").toBeFocused();
  expect(await field.boundingBox(), "and moves nothing").toEqual(before);
  await axe(page);
  expect(most, "one stream a tab").toBe(1);
  const opened = page.context().waitForEvent("page");
  await changed.getByRole("link", { name: "Show what changed" }).click();
  await expect((await opened).locator("#history")).toContainText("Gwen Parry");
  await (await opened).close();

  await changed.getByRole("link", { name: "Load the page again, keeping what you typed" }).click();
  await expect(page.locator(".kept")).toContainText("was not saved");
  await page.getByRole("button", { name: "Take it back" }).click();
  await expect(field).toHaveValue("Allotment returns");
  await expect(mine.field("datasets/edit", "unit_of_measure"), "what was saved meanwhile stays").toHaveValue("plots");
  await expect(page.locator(".theirs")).toHaveCount(0);
  await expect(changed).toBeHidden();
  await mine.send("datasets/edit");
  await mine.says("The draft was saved.");
  await expect(field).toHaveValue("Allotment returns");
  await expect(mine.field("datasets/edit", "unit_of_measure")).toHaveValue("plots");
  await other.context().close();
});

test("what is taken back goes to its own row, and says what a colleague saved in the same field", async ({ page, browser, catalogue }) => {
  test.setTimeout(120_000);
  await new Api(catalogue).submittedVersion("allotments-both", ROWS);
  const address = "/admin/datasets/allotments-both";
  await signIn(page, "editor@example.org");
  await page.goto(address);
  const other = await gwen(browser, catalogue.url);
  await other.goto(address);
  const [mine, theirs] = [new Portal(page), new Portal(other)];
  await mine.scripts();
  await unfold(page);
  await unfold(other);
  // Both begin a contact in the row that is empty.
  await mine.fill("datasets/edit", {
    survey: "Allotment returns",
    "contacts.1.name": "Lettings desk",
    "contacts.1.email": "lettings@example.org",
  });
  await theirs.fill("datasets/edit", {
    survey: "Returns of councils",
    "contacts.1.name": "Press office",
    "contacts.1.email": "press@example.org",
  });
  await theirs.send("datasets/edit");
  await theirs.says("The draft was saved.");

  await page.reload();
  await page.getByRole("button", { name: "Take it back" }).click();
  const field = (path: string) => mine.field("datasets/edit", path);
  await expect(field("survey")).toHaveValue("Allotment returns");
  await expect(page.locator(".theirs")).toHaveText("Saved meanwhile: Returns of councils");
  await expect(field("contacts.1.name")).toHaveValue("Press office");
  await expect(field("contacts.2.name")).toHaveValue("Lettings desk");
  await axe(page);

  // Gwen takes her contact away again: what was typed goes to the row that is empty now.
  await unfold(other);
  await theirs.fill("datasets/edit", { "contacts.1.name": "", "contacts.1.email": "" });
  await theirs.send("datasets/edit");
  await theirs.says("The draft was saved.");
  await page.reload();
  await page.getByRole("button", { name: "Take it back" }).click();
  await expect(field("contacts.1.name")).toHaveValue("Lettings desk");
  await expect(field("contacts.1.email")).toHaveValue("lettings@example.org");
  await mine.send("datasets/edit");
  await mine.says("The draft was saved.");
  await expect(field("survey")).toHaveValue("Allotment returns");
  await expect(field("contacts.1.name")).toHaveValue("Lettings desk");
  await other.context().close();
});

test("a page without a stream asks, and a lost connection is said and taken back", async ({ page, catalogue }) => {
  test.setTimeout(120_000);
  const api = new Api(catalogue);
  await api.submittedVersion("allotments-asked", ROWS);
  await signIn(page, "editor@example.org");
  await page.addInitScript(() => Reflect.deleteProperty(window, "EventSource"));
  await page.goto("/admin/datasets/allotments-asked");
  await new Portal(page).scripts();
  await api.send("POST", "/v1/datasets/allotments-asked/editions", { edition: "2027", title: "2027" });
  await expect(page.locator("#live-changed")).toContainText("Changed by", { timeout: ASKED_AGAIN });

  await page.route("**/admin/events?*", (route) => route.abort("connectionrefused"));
  await page.reload();
  await expect(page.locator("#live-lost")).toContainText(/Not live since \d\d:\d\d/, { timeout: ASKED_AGAIN });
  await axe(page);
  await page.unroute("**/admin/events?*");
  await expect(page.locator("#live-lost")).toBeHidden({ timeout: ASKED_AGAIN });
});

test("what others say of a bundle is drawn where its publication is followed", async ({ page, catalogue }) => {
  test.setTimeout(120_000);
  const api = new Api(catalogue);
  const { id } = await api.bundleIn("scheduled");
  await signIn(page, "approver@example.org");
  await page.goto(`/admin/bundles/${id}/publication`);
  await new Portal(page).scripts();
  const drawn = page.locator("#publication[data-follows]");
  const before = (await drawn.getAttribute("data-mark")) ?? "";
  await api.send("POST", `/v1/bundles/${id}/comments`, { text: "Is May in it?" });
  await expect(drawn).not.toHaveAttribute("data-mark", before, { timeout: ASKED_AGAIN });
});

test("without scripts the page says who was there when it was made", async ({ browser, catalogue }) => {
  const { id } = await new Api(catalogue).bundleIn("ready_for_review");
  const other = await gwen(browser, catalogue.url);
  await other.goto(`/admin/bundles/${id}`);
  const context = await browser.newContext({ baseURL: catalogue.url, javaScriptEnabled: false });
  const page = await context.newPage();
  await signIn(page, "approver@example.org");
  await page.goto(`/admin/bundles/${id}`);
  await expect(page.locator("#live-others")).toContainText("Gwen Parry has this open since");
  await expect(page.locator(".live noscript .live__line")).toContainText("As of ");
  await page.locator(".live").getByRole("link", { name: "Refresh" }).click();
  await expect(page).toHaveURL(new RegExp(`/admin/bundles/${id}$`));
  await context.close();
  await other.context().close();
});
