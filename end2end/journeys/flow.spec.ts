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
