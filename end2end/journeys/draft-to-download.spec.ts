import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Api } from "../api.ts";
import { BOTH_ROLES, ROOT, axe, expect, signIn, test } from "../fixtures.ts";
import { DatasetPage } from "../pages/dataset.ts";
import { Portal, clocksGoBack, clocksGoForward, secondsAhead, ukFields } from "../pages/portal.ts";

const DATASET = "beekeeping-apiaries";
const TITLE = "Registered apiaries by nation";
const FILE = "apiaries.csv";
const ROWS = ["Year,Nation,Apiaries", "2023,Wales,4120", "2024,Wales,4268", "2025,Wales,4391", ""];
const CSV = Buffer.from(ROWS.join("\n"));
const AWKWARD = join(ROOT, "server", "tables", "tests", "awkward", "unclosed-quote.csv");
const VERSION = `/admin/datasets/${DATASET}/editions/2026/versions/1`;
const BUNDLE = "Apiaries, November 2026";

test("from a draft to a download at the instant", async ({ page, catalogue }) => {
  test.setTimeout(180_000);
  const portal = new Portal(page);
  const anonymous = async (path: string, accept = "*/*") => fetch(catalogue.url + path, { headers: { accept } });

  await test.step("an editor creates a dataset; a refused form keeps what was typed", async () => {
    await signIn(page, "editor@example.org");
    await page.goto("/admin/datasets/new");
    await portal.fill("datasets/create", { id: DATASET, description: "Counts of places where bees are kept." });
    await portal.field("datasets/create", "department").selectOption("environment");
    await page.getByRole("checkbox", { name: "Environment and energy" }).check();
    await portal.fill("datasets/create", {
      "contacts.0.name": "Natural environment team",
      "contacts.0.email": "nature@example.org",
    });
    await portal.send("datasets/create");
    const summary = page.getByRole("alert").filter({ hasText: "There is a problem" });
    await expect(summary).toBeVisible();
    await expect(summary.getByRole("link")).toHaveAttribute("href", "#datasets-create-title");
    await expect(portal.field("datasets/create", "title")).toHaveAttribute("aria-invalid", "true");
    await expect(portal.field("datasets/create", "id")).toHaveValue(DATASET);
    await expect(portal.field("datasets/create", "description")).toHaveValue("Counts of places where bees are kept.");
    await expect(page.getByRole("checkbox", { name: "Environment and energy" })).toBeChecked();
    await axe(page);
    await portal.fill("datasets/create", { title: TITLE });
    await portal.send("datasets/create");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(TITLE);
  });

  await test.step("then an edition and a version", async () => {
    await portal.fill("datasets/create-edition", { title: "2026", edition: "2026" });
    await portal.send("datasets/create-edition");
    await page.getByText("New version of 2026").click();
    await portal.form("versions/create").getByLabel("Release date").fill("2026-11-24");
    await portal.send("versions/create");
    await expect(page).toHaveURL(VERSION);
  });

  await test.step("a broken table is refused with its line, a sound one is taken", async () => {
    await portal.scripts();
    const file = portal.field("files/upload", "file");
    await file.setInputFiles(AWKWARD);
    const sent = page.waitForRequest("**/v1/files/uploads");
    await portal.form("files/upload").getByRole("button", { name: "Upload" }).click();
    expect((await sent).resourceType(), "the page stays while the file is sent").toBe("fetch");
    await expect(page.getByRole("alert").filter({ hasText: /line 2/i })).toBeVisible();

    await file.setInputFiles({ name: FILE, mimeType: "text/csv", buffer: CSV });
    await portal.form("files/upload").getByRole("button", { name: "Upload" }).click();
    const uploaded = page.locator("li.upload").filter({ hasText: FILE });
    await expect(uploaded).toContainText("3 rows, 3 columns");
    await axe(page);
  });

  await test.step("what the figures cover and what their columns hold is said", async () => {
    await page.goto(VERSION);
    await portal.form("versions/edit").locator("summary").click();
    await axe(page);
    await portal.fill("versions/edit", {
      lowest_geography: "ctry",
      "temporal.0.start_date": "2023",
      "temporal.0.end_date": "2025",
      "column_notes.0.description": "Years end in September.",
    });
    await portal.send("versions/edit");
    await portal.says("The details were saved.");
  });

  await test.step("the rest is done step by step, each with an address", async () => {
    await page.goto(`${VERSION}/prepare/details`);
    await portal.fill("versions/edit", { temporal_coverage: "2023 to 2025" });
    await portal.form("versions/edit").getByRole("button", { name: "Save and go on to the checks" }).click();
    await expect(page).toHaveURL(`${VERSION}/prepare/checks`);
    await page.getByRole("link", { name: "Next: submit" }).click();
    await expect(page.getByRole("list", { name: "Steps" }).locator("[aria-current=step]")).toContainText("Submit");
    await portal.send("versions/submit");
    await portal.says(/submitted/);
    await expect(portal.form("versions/approve")).toHaveCount(0);
  });

  await test.step("an approver approves the version", async () => {
    await signIn(page, "approver@example.org");
    await page.goto(VERSION);
    await portal.send("versions/approve");
    await portal.says(/approved/);
  });

  await test.step("an editor fills a bundle and sends it for review", async () => {
    await signIn(page, "editor@example.org");
    await page.goto("/admin/bundles/new");
    await portal.fill("bundles/create", { title: BUNDLE });
    await portal.send("bundles/create");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(BUNDLE);
    const version = portal.field("bundles/add-content", "version");
    await version.selectOption({ label: `${DATASET}, 2026, version 1` });
    await portal.send("bundles/add-content");
    await expect(page.getByRole("row").filter({ hasText: DATASET })).toBeVisible();
    await portal.sendForReview();
    await expect(page.getByText("Ready for review").first()).toBeVisible();
  });

  const bundle = page.url();
  let instant = new Date(0);
  await test.step("an approver approves and schedules it", async () => {
    await signIn(page, "approver@example.org");
    await page.goto(bundle);
    await portal.approveBundle();
    // In the night in which the clocks go forward there is no such time.
    await portal.fill("bundles/schedule", { publication_date: clocksGoForward(), publication_time: "01:30" });
    await portal.send("bundles/schedule");
    await expect(page.locator(".error-summary")).toContainText("The clocks go forward over this time.");
    // In the night in which the clocks go back a time that comes twice is asked about, and nothing is scheduled meanwhile.
    await portal.fill("bundles/schedule", { publication_date: clocksGoBack(), publication_time: "01:30" });
    await portal.send("bundles/schedule");
    await expect(portal.field("bundles/schedule", "publication_clock")).toBeVisible();
    await expect(page.getByRole("timer")).toHaveCount(0);
    instant = secondsAhead(30);
    const { date, time } = ukFields(instant);
    await portal.fill("bundles/schedule", { publication_date: date, publication_time: time });
    await portal.send("bundles/schedule");
    await expect(page.getByRole("timer")).toBeVisible();
  });

  const watch = await page.context().newPage();
  await test.step("somebody watches it wait", async () => {
    await watch.goto(`${bundle}/publication`);
    await expect(watch.getByRole("timer")).toBeVisible();
    await expect(watch.locator(".check--running")).toContainText("Wait for the instant");
    await new Portal(watch).scripts();
    // Gone with the document, if it were loaded again.
    await watch.evaluate(() => document.body.setAttribute("data-untouched", "yes"));
  });

  const queue = await page.context().newPage();
  await test.step("so does somebody who looks at the publish queue", async () => {
    await queue.goto("/admin/queue");
    await expect(queue.getByRole("row").filter({ hasText: BUNDLE })).toContainText("Scheduled");
    await new Portal(queue).scripts();
    await queue.evaluate(() => document.body.setAttribute("data-untouched", "yes"));
  });

  const download = `/files/downloads/${DATASET}/${FILE}`;
  await test.step("before the instant nothing of it is there", async () => {
    const hidden = [`/catalogue/${DATASET}`, `/catalogue/${DATASET}/editions/2026/versions/1`, `/v1/datasets/${DATASET}`, download];
    const answers = await Promise.all(hidden.map(async (path) => (await anonymous(path, "text/html, */*;q=0.8")).status));
    const json = await anonymous(`/v1/datasets/${DATASET}`, "application/json");
    const found = (await (await anonymous("/v1/search?q=apiaries")).json()) as { total_count: number };
    const shown = await (await anonymous("/search?q=apiaries")).text();
    expect(Date.now(), "looked before the instant").toBeLessThan(instant.getTime());
    // A browser is sent from the JSON address to the page, which is not found; `fetch` follows it.
    expect(answers).toEqual([404, 404, 404, 404]);
    expect(json.status).toBe(404);
    expect(found.total_count).toBe(0);
    expect(shown).not.toContain(TITLE);
  });

  await test.step("at the instant it is public", async () => {
    await expect
      .poll(async () => (await anonymous(`/catalogue/${DATASET}`)).status, { intervals: [100], timeout: 60_000 })
      .toBe(200);
    expect(Date.now(), "not before the instant").toBeGreaterThanOrEqual(instant.getTime());
    // The countdown loads its page again by itself.
    await expect(page.locator(".banner--success").filter({ hasText: "Public" })).toBeVisible();
    await expect(page.locator(".timeline")).toContainText("published it");
    await expect(page.locator(".timeline .state--published")).toHaveCount(1);
    await axe(page);
  });

  await test.step("who watched saw it become public without loading the page again", async () => {
    await expect(watch.locator(".banner--success")).toContainText("Public");
    await expect(watch.getByRole("status").filter({ hasText: "Everything that follows has been done" })).toHaveCount(1);
    await expect(watch.getByText("Look again")).toHaveCount(0);
    await expect(watch.locator("body")).toHaveAttribute("data-untouched", "yes");
    await axe(watch);
    await watch.close();
    await expect(queue.getByRole("row").filter({ hasText: BUNDLE })).toHaveCount(0, { timeout: 20_000 });
    await expect(queue.locator("body")).toHaveAttribute("data-untouched", "yes");
    await axe(queue);
    await queue.close();
  });

  await test.step("everybody finds and downloads it", async () => {
    await page.context().clearCookies();
    await expect(async () => {
      await page.goto("/search?q=apiaries");
      await expect(page.locator(".result__title").filter({ hasText: TITLE })).toBeVisible({ timeout: 500 });
    }).toPass({ timeout: 15_000 });
    await page.getByRole("main").getByRole("link", { name: TITLE }).click();
    const dataset = new DatasetPage(page);
    await dataset.showsTitle(TITLE);
    await expect(page.locator("#about")).toContainText("2023 to 2025");
    await expect(page.locator("#about")).toContainText("Countries");
    expect(await dataset.download(FILE)).toEqual(CSV);
    await axe(page);
  });
});

test("a failed publication names its reasons and the one thing to do next", async ({ page, catalogue }) => {
  const { id } = await new Api(catalogue).bundleIn("failed");
  await signIn(page, "operator@example.org");
  await page.goto(`/admin/bundles/${id}/publication`);
  await expect(page.locator(".check--fail")).toContainText("Check everything again");
  await expect(page.locator(".blockers li").first()).toBeVisible();
  await axe(page);
  await page.locator("#next").click();
  await expect(page).toHaveURL(new RegExp(`/admin/bundles/${id}#(retry|reset)$`));
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("an editor brings a version to approval, which somebody else looks at and gives", async ({ page }) => {
    const portal = new Portal(page);
    const file = portal.field("files/upload", "file");
    await signIn(page, BOTH_ROLES);
    await page.goto("/admin/datasets/new");
    await portal.fill("datasets/create", { id: "orchards", title: "Orchards", description: "Orchards by nation." });
    await portal.send("datasets/create");
    await portal.fill("datasets/create-edition", { title: "2026", edition: "2026" });
    await portal.send("datasets/create-edition");
    await page.getByText("New version of 2026").click();
    await portal.form("versions/create").getByLabel("Release date").fill("2026-11-24");
    await portal.send("versions/create");

    // Several at once: the broken one is refused by name, the sound one is kept.
    const awkward = { name: "unclosed-quote.csv", mimeType: "text/csv", buffer: await readFile(AWKWARD) };
    await file.setInputFiles([awkward, { name: FILE, mimeType: "text/csv", buffer: CSV }]);
    await portal.send("files/upload");
    await expect(page.locator(".error-summary")).toContainText(/unclosed-quote\.csv: .*line 2/i);
    await portal.says(`${FILE} was uploaded.`);
    await expect(page.locator("li.upload")).toHaveCount(1);
    await expect(page.locator("li.upload")).toContainText("3 rows, 3 columns");
    await portal.send("versions/submit");
    await portal.says(/submitted/);
    await expect(page.locator(".stepper__step--current")).toContainText("Submitted");
    await expect(page.getByRole("button", { name: "Approve" })).toHaveAttribute("aria-disabled", "true");
    await expect(page.locator("#why-not")).toContainText("You edited this version last, so somebody else has to approve it.");
    await expect(portal.form("versions/approve")).toHaveCount(0);

    const version = page.url();
    await signIn(page, "approver@example.org");
    await page.goto(version);
    await page.getByRole("navigation", { name: "Parts of the version" }).getByRole("link", { name: "Data" }).click();
    await expect(page.getByRole("row").filter({ hasText: "Apiaries" })).toContainText("whole numbers");
    await portal.send("versions/approve");
    await portal.says(/approved/);
  });
});
