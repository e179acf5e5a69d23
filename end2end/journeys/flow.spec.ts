import { Api } from "../api.ts";
import { axe, expect, signIn, test } from "../fixtures.ts";
import { Portal } from "../pages/portal.ts";

const ROWS = "Year,Council,Rent\n2023,Conwy,41\n2024,Conwy,43\n2025,Conwy,44\n";
const MORE = `${ROWS}2026,Conwy,46\n`;

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("new figures follow a release into the next one, which is begun as the last one was", async ({ page, catalogue }) => {
    test.setTimeout(120_000);
    const api = new Api(catalogue);
    const portal = new Portal(page);
    const dataset = "allotment-rents";
    const version = (number: number) => `/admin/datasets/${dataset}/editions/2026/versions/${number}`;
    await api.submittedVersion(dataset, ROWS);
    await signIn(page, "approver@example.org");
    await page.goto(version(1));
    await portal.send("versions/approve");
    const { id } = await api.send<{ id: string }>("POST", "/v1/bundles", { title: "Rents, March 2026", type: "manual" });
    await api.send("POST", `/v1/bundles/${id}/contents`, { dataset_id: dataset, edition: "2026", version: "1" });
    await api.send("PUT", `/v1/bundles/${id}/submit`, {});
    await page.goto(`/admin/bundles/${id}`);
    await portal.approveBundle();
    await api.send("POST", `/v1/bundles/${id}/publish`, { reason: "A manual release" });
    await expect.poll(async () => (await page.request.get(`/catalogue/${dataset}`)).status()).toBe(200);

    await test.step("an editor makes the next version and sends its table", async () => {
      await signIn(page, "editor@example.org");
      await page.goto(`/admin/datasets/${dataset}`);
      await page.getByText("New version of 2026").click();
      await portal.form("versions/create").getByLabel("Release date").fill("2026-12-07");
      await portal.send("versions/create");
      await expect(page).toHaveURL(version(2));
      await portal.field("files/upload", "file").setInputFiles({ name: `${dataset}.csv`, mimeType: "text/csv", buffer: Buffer.from(MORE) });
      await portal.send("files/upload");
      await expect(page.locator("li.upload").filter({ hasText: `${dataset}.csv` })).toContainText("4 rows, 3 columns");
      await portal.send("versions/submit");
      await portal.says(/submitted/);
    });

    await test.step("somebody else approves it", async () => {
      await signIn(page, "approver@example.org");
      await page.goto(version(2));
      await portal.send("versions/approve");
      await portal.says(/approved/);
    });

    await test.step("the past bundle is repeated with it", async () => {
      await signIn(page, "editor@example.org");
      await page.goto(`/admin/bundles/${id}`);
      await page.getByRole("button", { name: "Repeat this bundle" }).click();
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("Rents, April 2026");
      const item = page.getByRole("row").filter({ hasText: dataset });
      await expect(item).toHaveCount(1);
      await expect(item).toContainText("version 2");
      // Others look at what waits for review, so it goes no further here.
      await expect(page.locator(".stepper__step--current")).toContainText("In progress");
      await expect(portal.form("bundles/submit")).toHaveCount(1);
    });
  });

  test("somebody else is asked to review a bundle, and is told", async ({ page, catalogue }) => {
    const portal = new Portal(page);
    const { id, title } = await new Api(catalogue).bundleIn("ready_for_review");
    await signIn(page, "approver@example.org");
    await page.goto("/admin/review?show=bundles");
    await portal.form("reviews/ask").getByLabel("Who is to review them").selectOption({ label: "Nadia Rahman" });
    await portal.send("reviews/ask");
    await expect(page.locator(".error-summary")).toContainText("Tick the bundles that are to be reviewed.");
    await page.locator(`input[name="chosen[]"][value="${id}"]`).check();
    await portal.send("reviews/ask");
    await portal.says("Nadia Rahman was asked.");
    await signIn(page, "reviewer@example.org");
    await page.goto("/admin/notifications");
    await expect(page.locator(".timeline__event").filter({ hasText: "You are asked to review a bundle" })).toContainText(title);
    await page.goto("/admin/review?show=bundles&claim=mine");
    await expect(page.getByRole("row").filter({ hasText: title })).toContainText("You");
    await page.getByRole("row").filter({ hasText: title }).getByRole("button", { name: "Give it up" }).click();
  });
});

test("files that are dropped together are sent together", async ({ page, catalogue }) => {
  const dataset = "allotments-dropped";
  await new Api(catalogue).draftVersion(dataset, ROWS);
  await signIn(page, "editor@example.org");
  await page.goto(`/admin/datasets/${dataset}/editions/2026/versions/1`);
  const portal = new Portal(page);
  await portal.scripts();
  const form = portal.form("files/upload");
  const carried = await page.evaluateHandle((text) => {
    const carried = new DataTransfer();
    for (const name of ["rents.csv", "waiting.csv"]) carried.items.add(new File([text], name, { type: "text/csv" }));
    return carried;
  }, ROWS);
  await form.dispatchEvent("drop", { dataTransfer: carried });
  await form.getByRole("button", { name: "Upload" }).click();
  for (const name of ["rents.csv", "waiting.csv"]) {
    const kept = page.locator("li.upload").filter({ hasText: name });
    await expect(kept).toContainText("3 rows, 3 columns", { timeout: 30_000 });
    await expect(kept).toHaveCount(1);
  }
  await axe(page);
});

test("the words of a correction are there again after the page was left, until they were looked at", async ({ page }) => {
  const portal = new Portal(page);
  const [words, back] = [portal.field("versions/add-alert", "description"), page.getByRole("button", { name: "Take it back" })];
  await signIn(page, "approver@example.org");
  await page.goto("/admin/corrections/new?dataset=under-five-mortality&edition=time-series&version=1");
  await portal.scripts();
  await words.fill("Two rows were exchanged.");
  await page.reload();
  await expect(words).toHaveValue("");
  await back.click();
  await expect(words).toHaveValue("Two rows were exchanged.");
  await page.getByRole("button", { name: "Look at it" }).click();
  await expect(page.getByRole("heading", { name: "As readers will see it, in English and in Welsh" })).toBeVisible();
  await portal.scripts();
  await expect(words).toHaveValue("Two rows were exchanged.");
  await expect(back).toHaveCount(0);
});

test("a new dataset shows how it will be listed, and says which id its title makes", async ({ page }) => {
  const portal = new Portal(page);
  const [title, said] = [portal.field("datasets/create", "title"), page.locator("#id-said")];
  await signIn(page, "editor@example.org");
  await page.goto("/admin/datasets/new");
  await portal.scripts();
  await title.fill("Under-five mortality");
  await expect(page.locator("#as-listed")).toContainText("Under-five mortality");
  await expect(said).toHaveText("The id under-five-mortality is taken.");
  await title.fill("Tai nad enwodd neb: tŷ ar ôl");
  await expect(said).toHaveText("It will have the id tai-nad-enwodd-neb-ty-ar-ol.");
  await portal.field("datasets/create", "id").fill("Two words");
  await expect(said).toHaveText("An id has lower-case letters, digits and single hyphens.");
  await axe(page);
});
