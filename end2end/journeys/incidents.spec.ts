import { Api } from "../api.ts";
import { axe, expect, signIn, test } from "../fixtures.ts";
import { Portal } from "../pages/portal.ts";

test.use({ contextOptions: { reducedMotion: "reduce" } });
test.setTimeout(120_000);

test("without scripts an operator opens an incident, answers for it, and resolves it with its cause", async ({ browser, catalogue }) => {
  const context = await browser.newContext({ javaScriptEnabled: false, baseURL: catalogue.url });
  const page = await context.newPage();
  const portal = new Portal(page);
  await signIn(page, "operator@example.org");
  await page.getByRole("navigation", { name: "Portal" }).getByRole("link", { name: "Alerts" }).click();
  await expect(page.locator("h1")).toHaveText("Alerts and incidents");
  await page.locator("summary", { hasText: "Open an incident" }).click();
  await portal.fill("incidents/open", { title: "Figures of the allotments look odd" });
  await portal.send("incidents/open");
  await expect(page.locator(".error-summary")).toContainText("Choose a severity");
  await expect(portal.field("incidents/open", "title")).toHaveValue("Figures of the allotments look odd");
  await portal.field("incidents/open", "severity").selectOption("p1");
  await portal.send("incidents/open");
  await portal.says("The incident is open.");
  const incident = page.url();
  const clock = (name: string) => page.getByRole("row", { name: new RegExp(`^${name}`) });
  await expect(clock("Respond")).toContainText("left");

  await portal.send("incidents/acknowledge");
  await portal.says("You have answered for it.");
  await expect(clock("Respond")).toContainText("Kept");
  await page.locator("summary", { hasText: "Change the severity" }).click();
  await portal.field("incidents/rate", "severity").selectOption("p3");
  await portal.fill("incidents/rate", { reason: "Only one table is concerned." });
  await portal.send("incidents/rate");
  await portal.says("The severity was changed");
  await page.locator("summary", { hasText: "Add an update" }).click();
  await portal.fill("incidents/note", { text: "Some tables are looked at again." });
  await page.getByLabel("Show it on the public status page").check();
  await portal.send("incidents/note");
  await portal.says("The update was added.");
  await page.goto("/status");
  await expect(page.locator("main")).toContainText("Some tables are looked at again.");
  await expect(page.locator("main")).not.toContainText("allotments");
  await page.goto(incident);
  await portal.fill("incidents/mitigate", { text: "The table is withdrawn." });
  await portal.send("incidents/mitigate");
  await portal.fill("incidents/resolve", { cause: "A column was read in thousands." });
  await portal.send("incidents/resolve");
  await portal.says("The incident is resolved.");
  await expect(page.locator(".timeline__reason").first()).toHaveText("A column was read in thousands.");
  await page.locator("summary", { hasText: "A text to begin the review with" }).click();
  await expect(page.locator("#review")).toContainText("# Review: Figures of the allotments look odd");

  await page.goto("/ops/alerts?state=resolved&q=allotments");
  await expect(page.getByRole("link", { name: "Figures of the allotments look odd" })).toHaveAttribute("href", new URL(incident).pathname);

  const slow = page.locator("#conditions").getByRole("row", { name: /^Answers are slow/ });
  await slow.locator("summary", { hasText: "Silence" }).click();
  await slow.getByLabel("Reason").fill("A load test runs.");
  await slow.getByRole("button", { name: "Silence it" }).click();
  await portal.says("Answers are slow: it opens no incident until");
  await expect(page.locator("#silenced")).toContainText("A load test runs.");
  await page.locator("#silenced summary", { hasText: "Alert again" }).click();
  await page.locator("#silenced").getByRole("button", { name: "Alert again" }).click();
  await portal.says("Answers are slow: it opens an incident again.");
  await context.close();
});

test("alerts and an incident are sound in light and dark, and fit a phone", async ({ page }) => {
  const portal = new Portal(page);
  await signIn(page, "operator@example.org");
  await page.goto("/ops/alerts");
  await page.locator("summary", { hasText: "Open an incident" }).click();
  await axe(page);
  await portal.fill("incidents/open", { title: "The receiver of the press office is silent" });
  await portal.field("incidents/open", "severity").selectOption("p2");
  await portal.send("incidents/open");
  const incident = new URL(page.url()).pathname;
  for (const address of [incident, "/ops/alerts"]) {
    await page.goto(address);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await axe(page);
    }
    await page.setViewportSize({ width: 375, height: 740 });
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(wider, `${address} is no wider than the phone`).toBeLessThanOrEqual(0);
    await page.setViewportSize({ width: 1280, height: 800 });
  }
  await page.goto(incident);
  await page.getByRole("link", { name: "Runbook", exact: true }).last().click();
  await expect(page).toHaveURL(/\/ops\/runbook#escalation$/);
});

test("the overview draws itself anew when an incident is opened, which is acknowledged there", async ({ page, catalogue }) => {
  const api = new Api(catalogue);
  const portal = new Portal(page);
  await signIn(page, "operator@example.org");
  await page.goto("/ops");
  await portal.scripts();
  await page.evaluate(() => document.body.setAttribute("data-untouched", "yes"));
  const title = "The printer of the press office is silent";
  const desk = page.locator("#desk");
  await expect(desk).not.toContainText(title);
  const { id } = await api.send<{ id: string }>("POST", "/v1/incidents", { title, severity: "p2" });
  await expect(desk, "at an event").toContainText(title, { timeout: 20_000 });
  await expect(page.locator("body")).toHaveAttribute("data-untouched", "yes");
  await axe(page);
  await desk.getByRole("button", { name: new RegExp(`^Acknowledge ?: ${title}$`) }).click();
  await portal.says("You have answered for it.");
  await page.locator("summary", { hasText: "Resolve" }).click();
  await portal.fill("incidents/resolve", { cause: "Only a journey." });
  await portal.send("incidents/resolve");
  await expect(page).toHaveURL(new RegExp(`/ops/incidents/${id}$`));
});
