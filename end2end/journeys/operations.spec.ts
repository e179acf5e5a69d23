import { Api } from "../api.ts";
import { PASSWORD, axe, expect, signIn, test } from "../fixtures.ts";
import { Portal, secondsAhead } from "../pages/portal.ts";

test.use({ contextOptions: { reducedMotion: "reduce" } });
test.setTimeout(180_000);

test("an administrator makes an account, tests its rights and finds it in the trail", async ({ page }) => {
  const portal = new Portal(page);
  await signIn(page, "admin@example.org");
  await page.goto("/admin/users/new");
  await portal.fill("access/create-user", { name: "Nia Price", email: "nia.price@example.org" });
  await portal.send("access/create-user");
  await portal.says("The account was made, with no way in yet");
  const account = page.url();
  await page.getByRole("button", { name: "Invite" }).click();
  await expect(page.getByText("Invite again").first()).toBeVisible();
  await page.goto("/admin/users");
  await expect(page.getByRole("region", { name: "Open invitations" })).toContainText("Nia Price");
  await axe(page);
  await page.goto(account);
  await page.getByText("Grant a role").click();
  await portal.field("access/grant-role", "role").selectOption("reviewer");
  await portal.fill("access/grant-role", { expires_on: "2031-12-31" });
  await portal.send("access/grant-role");
  await portal.says("Reviewer was granted.");
  await axe(page);
  await page.getByLabel("May this person").selectOption("bundles:review");
  await page.getByRole("button", { name: "Test" }).click();
  await expect(page.getByRole("region", { name: "Answer" })).toContainText("Nia Price may bundles:review");
  await axe(page);

  await page.goto("/admin/service-tokens");
  await portal.fill("access/create-token", { name: "Nightly loader" });
  await portal.field("access/create-token", "role").selectOption("editor");
  await portal.send("access/create-token");
  await expect(page.getByRole("region", { name: "Secret" })).toContainText("cat_");
  await axe(page);
  await page.reload();
  await expect(page.getByRole("region", { name: "Secret" })).toHaveCount(0);

  await page.goto("/admin/audit?resource_type=user");
  await expect(page.locator(".timeline__event").first()).toContainText("granted a role");
  const view = `What people met ${Date.now()}`;
  await page.locator("summary", { hasText: "Save this view" }).click();
  await portal.fill("saved-views/save", { name: view });
  await portal.send("saved-views/save");
  await portal.says(`The view ${view} was saved.`);
  await page.locator(".timeline__event summary").first().click();
  await expect(page.locator(".difference ins").first()).toBeVisible();
  await axe(page);
  await page.getByRole("link", { name: "Check the chain" }).click();
  await expect(page.getByRole("heading", { name: "The chain is whole" })).toBeVisible();
});

test("somebody makes a token for themselves, finds that in what they did and chooses what to be told", async ({ page }) => {
  const portal = new Portal(page);
  await signIn(page, "editor@example.org");
  await page.goto("/account/tokens");
  const inAMonth = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
  await portal.fill("account/create-token", { name: "Notebook", ends_on: inAMonth, password: PASSWORD });
  await page.getByRole("group", { name: "It may" }).getByRole("checkbox").first().check();
  await portal.send("account/create-token");
  await expect(page.getByRole("region", { name: "Secret" })).toContainText("cat_");
  await axe(page);
  await page.locator("summary", { hasText: "Revoke" }).click();
  await portal.send("account/revoke-token");
  await portal.says("The token no longer opens anything.");
  await page.getByRole("navigation", { name: "Parts of the account" }).getByRole("link", { name: "What you did" }).click();
  await expect(page.locator(".timeline__event").first()).toContainText("Revoked it");
  await axe(page);
  await page.getByRole("navigation", { name: "Portal" }).getByRole("link", { name: "Notifications" }).click();
  await expect(page.locator("h1")).toHaveText("Notifications");
  await axe(page);
  await page.getByRole("link", { name: "Choose what to be told" }).first().click();
  await page.getByRole("checkbox", { name: "Somebody comments on what you made, in the portal" }).uncheck();
  await page.getByRole("checkbox", { name: "A version waits for your approval, in the daily letter" }).check();
  // A browser that has no field for times sends what is none, and one that has shows nothing of it.
  const offered = page.getByRole("button", { name: "Take it back" });
  await portal.scripts();
  await portal.field("account/choose-notifications", "quiet_from").evaluate((field: HTMLInputElement) => (field.type = "text"));
  await portal.fill("account/choose-notifications", { quiet_from: "25:00" });
  await portal.send("account/choose-notifications");
  await expect(page.getByText("Give a time, for example 08:00.").first()).toBeVisible();
  await portal.scripts();
  await expect(offered, "it stands in the form").toHaveCount(0);
  await portal.fill("account/choose-notifications", { quiet_from: "18:00" });
  await portal.send("account/choose-notifications");
  await expect(page.getByText("Say also when the quiet hours end.").first()).toBeVisible();
  await expect(page.getByRole("checkbox", { name: "A version waits for your approval, in the daily letter" })).toBeChecked();
  await axe(page);
  await portal.fill("account/choose-notifications", { quiet_until: "08:00" });
  await portal.send("account/choose-notifications");
  await portal.says("Your choices were saved.");
  await expect(portal.field("account/choose-notifications", "quiet_until")).toHaveValue(/^08:00/);
  await portal.scripts();
  await expect(offered, "what was refused is mended and saved").toHaveCount(0);
  await axe(page);
});

test("an operator finds the way around the desk on a phone", async ({ page }) => {
  await signIn(page, "operator@example.org");
  await page.setViewportSize({ width: 375, height: 740 });
  await page.goto("/ops");
  await page.getByRole("link", { name: "Menu" }).click();
  await page.getByRole("navigation", { name: "Portal" }).getByRole("link", { name: "Integrations" }).click();
  await expect(page.locator("h1")).toHaveText("Integrations");
});

test("new lines of the log come by themselves, with what failed in a browser, until they are paused", async ({ page }) => {
  await signIn(page, "operator@example.org");
  const words = `told by the journey at ${Date.now()}`;
  await page.goto(`/ops/logs?level=warn&q=${encodeURIComponent(words)}`);
  await new Portal(page).scripts();
  await expect(page.locator("#logs")).toContainText("No line fits");
  await page.evaluate((message) => {
    window.dispatchEvent(new ErrorEvent("error", { message, filename: `${location.origin}/assets/desk.js`, lineno: 3 }));
  }, words);
  await expect(page.locator("#logs")).toContainText("a script of a page failed in a browser", { timeout: 30_000 });
  await page.getByRole("button", { name: "Pause" }).click();
  await expect(page.getByText("No new lines come.")).toBeVisible();
  await axe(page);
  await page.getByRole("button", { name: "Go on" }).click();
  await expect(page.getByRole("button", { name: "Pause" })).toBeVisible();
});

test("the publish queue draws itself anew, and takes nothing away that is typed in it", async ({ page, catalogue }) => {
  const api = new Api(catalogue);
  await api.submittedVersion("allotments-queue", "Year,Council,Plots\n2024,Conwy,124\n2025,Conwy,131\n");
  await signIn(page, "approver@example.org");
  const portal = new Portal(page);
  await page.goto("/admin/datasets/allotments-queue/editions/2026/versions/1");
  await portal.send("versions/approve");
  const { id } = await api.send<{ id: string }>("POST", "/v1/bundles", { title: "Allotments in the queue", type: "scheduled" });
  const item = { dataset_id: "allotments-queue", edition: "2026", version: "1" };
  await api.send("POST", `/v1/bundles/${id}/contents`, item);
  await api.send("PUT", `/v1/bundles/${id}/submit`, {});
  await page.goto(`/admin/bundles/${id}/approve`);
  await portal.send("bundles/approve");
  const at = (minutes: number) => api.send("PUT", `/v1/bundles/${id}/schedule`, { publication_date: secondsAhead(minutes * 60).toISOString() });
  const heard = () => page.evaluate(() => document.dispatchEvent(new CustomEvent("drawn-changed", { detail: "another" })));

  await signIn(page, "operator@example.org");
  await page.goto("/ops/queue");
  await portal.scripts();
  await page.evaluate(() => document.body.setAttribute("data-untouched", "yes"));
  const queued = page.locator(`#queued-${id}`);
  await at(174);
  await expect(queued, "at an event").toContainText("in 2 h", { timeout: 20_000 });
  await queued.locator("summary", { hasText: "Hold" }).click();
  const reason = queued.locator('form[action="/rpc/operations/hold"] textarea');
  await reason.fill("A figure is doubted.");
  await at(1770);
  await heard();
  // What was begun by then has come once the same page is answered anew.
  for (let again = 0; again < 2; again++) expect((await page.request.get("/ops/queue")).status()).toBe(200);
  await expect(reason).toHaveValue("A figure is doubted.");
  await expect(queued).toContainText("in 2 h");
  await reason.fill("");
  await heard();
  await expect(queued).toContainText("in 1 d 5 h");
  await expect(reason, "what has the focus and what is unfolded stays").toBeFocused();
  await expect(page.locator("body")).toHaveAttribute("data-untouched", "yes");
  await axe(page);

  // As if the server unfolded it: what somebody folds stays so, however often it is drawn anew.
  await page.route("**/ops/queue", async (route) => {
    const response = await route.fetch();
    const body = (await response.text()).replaceAll('<details class="details"', '<details open class="details"');
    await route.fulfill({ response, body });
  });
  await page.reload();
  await portal.scripts();
  const hold = queued.locator("details").filter({ hasText: "Hold" }).first();
  await expect(hold).toHaveAttribute("open");
  await hold.locator("summary").click();
  for (let again = 0; again < 2; again++) {
    await queued.evaluate((item) => item.setAttribute("data-old", "yes"));
    await heard();
    await expect(queued).not.toHaveAttribute("data-old");
    await expect(hold).not.toHaveAttribute("open");
  }
  await page.unroute("**/ops/queue");

  // A draft that is offered stays until somebody has taken it back or forgotten it.
  await hold.locator("summary").click();
  await reason.fill("A figure is doubted.");
  await page.reload();
  await portal.scripts();
  const offered = queued.getByRole("button", { name: "Take it back" });
  await offered.focus();
  await heard();
  for (let again = 0; again < 2; again++) expect((await page.request.get("/ops/queue")).status()).toBe(200);
  await expect(offered).toBeFocused();
  await offered.click();
  await expect(reason).toHaveValue("A figure is doubted.");

  // A countdown goes on in what is drawn anew: first to another instant than before, then to the same.
  await page.goto("/ops");
  await portal.scripts();
  await at(90);
  const desk = page.locator("#desk");
  const clock = desk.getByRole("timer");
  for (let again = 0; again < 2; again++) {
    await desk.evaluate((part) => part.setAttribute("data-old", "yes"));
    await heard();
    await expect(desk).not.toHaveAttribute("data-old");
    const shown = (await clock.textContent()) ?? "";
    await expect(clock).not.toHaveText(shown);
  }
  await api.send("DELETE", `/v1/bundles/${id}/schedule`, { reason: "Only a journey." });
  // Other journeys take the first bundle that is approved.
  await api.send("PUT", `/v1/bundles/${id}/request-changes`, { reason: "Only a journey." });
});

test("an operator changes a limit of rate, is told what cannot be, and goes back to the environment's", async ({ page }) => {
  const portal = new Portal(page);
  await signIn(page, "operator@example.org");
  await page.goto("/ops/limits");
  await portal.scripts();
  await portal.fill("office/set-rate-limits", { search: "0", reason: "The search is scraped." });
  await portal.send("office/set-rate-limits");
  await expect(page.locator(".error-summary")).toContainText("Give 10 to 10000000 requests a minute.");
  await axe(page);
  await portal.fill("office/set-rate-limits", { search: "11000" });
  await portal.send("office/set-rate-limits");
  await portal.says("The setting is in force on every node.");
  await expect(page.getByRole("row", { name: "Searches and suggestions" })).toContainText("11,000 in 60 s");
  await expect(page.getByRole("main")).toContainText("The search is scraped.");
  const answer = await page.request.get("/v1/search?q=gdp");
  expect(answer.headers()["ratelimit-policy"]).toContain('"search";q=11000;w=60');
  await axe(page);
  await page.locator("summary", { hasText: "Back to the default" }).click();
  await page.getByRole("textbox", { name: "Reason" }).last().fill("It is over.");
  await portal.send("office/back-to-default");
  await portal.says("The default is in force on every node.");
  await expect(page.getByRole("row", { name: "Searches and suggestions" })).toContainText("12,000 in 60 s");
});

test("the keyboard goes anywhere until it is switched off", async ({ page }) => {
  await signIn(page, "operator@example.org");
  await page.goto("/admin/help");
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keyboard" })).toContainText("Guided recovery");
  await axe(page);
  await page.keyboard.press("Escape");
  await page.keyboard.press("g");
  await page.keyboard.press("f");
  await expect(page).toHaveURL(/\/ops\/failures$/);
  await page.keyboard.press("Control+k");
  const find = page.getByLabel("Go to, do, or find");
  await find.fill("perf");
  await axe(page);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/ops\/performance$/);
  await page.waitForLoadState();
  for (const [words, dense] of [["dense", true], ["comfortable", false]] as const) {
    await page.keyboard.press("Control+k");
    await find.fill(words);
    await page.keyboard.press("Enter");
    await expect(page.locator("html[data-dense]")).toHaveCount(dense ? 1 : 0);
  }
  await page.goto("/ops/queue");
  await page.keyboard.press("Control+k");
  await find.fill("pause the");
  await page.keyboard.press("Enter");
  await expect(page.locator("#pause-queue")).toHaveAttribute("open", "");
  await expect(page.locator("#pause-queue summary")).toBeFocused();

  await page.goto("/account");
  expect(await page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith("portal-")))).toEqual([]);
  await page.getByLabel("Switch the shortcuts off").check();
  await page.getByLabel("Dense tables").check();
  await expect(page.locator("html")).toHaveAttribute("data-dense", "");
  await axe(page);
  await page.goto("/admin/help");
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("without scripts a release is made, announced, postponed with its reason and cancelled", async ({ browser, catalogue }) => {
  const context = await browser.newContext({ javaScriptEnabled: false, baseURL: catalogue.url });
  const page = await context.newPage();
  const portal = new Portal(page);
  await signIn(page, "editor@example.org");
  await page.goto("/admin/releases/new");
  await portal.fill("releases/create", { title: "Allotments let, December 2031", release_date: "2031-12-11" });
  await portal.send("releases/create");
  await portal.says("The entry was made.");
  const entry = page.url();
  await page.locator("summary", { hasText: "Announce it" }).click();
  await portal.send("releases/announce");
  await signIn(page, "approver@example.org");
  await page.goto(entry);
  await page.locator("summary", { hasText: "Postpone it" }).click();
  await portal.send("releases/postpone");
  await expect(page.locator(".error-summary")).toBeVisible();
  await portal.fill("releases/postpone", { release_date: "2032-01-15", reason: "The count needs further checks." });
  await portal.send("releases/postpone");
  await portal.says("The release is postponed.");
  await expect(page.locator(".timeline__reason").first()).toHaveText("The count needs further checks.");
  await page.locator("summary", { hasText: "Cancel it" }).click();
  await portal.send("releases/cancel");
  await expect(page.locator(".error-summary"), "a cancellation says why").toBeVisible();
  await portal.fill("releases/cancel", { reason: "The survey was not carried out." });
  await portal.send("releases/cancel");
  await portal.says("The release is cancelled.");
  await expect(page.locator(".timeline__reason").first()).toHaveText("The survey was not carried out.");
  await expect(page.locator("summary", { hasText: "Cancel it" })).toHaveCount(0);
  const shown = await page.goto(`/releases/${new URL(entry).pathname.split("/").pop() ?? ""}`);
  expect(shown?.status(), "the public is told").toBe(200);
  await expect(page.getByText("The survey was not carried out.")).toBeVisible();
  await context.close();
});
