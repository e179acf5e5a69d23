import { Api } from "../api.ts";
import { axe, expect, signIn, test } from "../fixtures.ts";
import { Portal } from "../pages/portal.ts";

const DATASET = "ponds";
const CSV = "Year,Ponds\n2024,12\n2025,14\n";
const VERSION = `/admin/datasets/${DATASET}/editions/2026/versions/1`;

test("a public file is withdrawn with a reason, and given out again", async ({ page, catalogue, request }) => {
  const api = new Api(catalogue);
  const portal = new Portal(page);
  const download = `/files/downloads/${DATASET}/${DATASET}.csv`;
  await api.submittedVersion(DATASET, CSV);
  await signIn(page, "approver@example.org");
  await page.goto(VERSION);
  await portal.send("versions/approve");
  const { id } = await api.send<{ id: string }>("POST", "/v1/bundles", { title: "Ponds", type: "manual" });
  await api.send("POST", `/v1/bundles/${id}/contents`, { dataset_id: DATASET, edition: "2026", version: "1" });
  await api.send("PUT", `/v1/bundles/${id}/submit`, {});
  await page.goto(`/admin/bundles/${id}`);
  await portal.approveBundle();
  await api.send("POST", `/v1/bundles/${id}/publish`, { reason: "A manual release" });
  await expect.poll(async () => (await request.get(download)).status()).toBe(200);

  await page.goto(VERSION);
  await page.locator("summary", { hasText: "Withdraw" }).click();
  await axe(page);
  await portal.send("files/withdraw");
  await expect(page.locator(".error-summary")).toContainText("Say why.");
  await portal.form("files/withdraw").getByLabel("Reason").fill("Table 1 names a person.");
  await portal.form("files/withdraw").getByLabel("What readers of the version are told").fill("The file is being corrected.");
  await portal.send("files/withdraw");
  await portal.says(/was withdrawn/);
  await expect(page.getByRole("heading", { name: "Withdrawn files" })).toBeVisible();
  await expect(page.locator(".timeline")).toContainText("withdrew a file");
  await axe(page);
  expect((await request.get(download)).status(), "nobody outside gets it").toBe(404);
  await page.goto(`/catalogue/${DATASET}`);
  await expect(page.getByText("The file is being corrected.").first()).toBeVisible();
  await expect(page.locator(`a[href*="${download}"]`)).toHaveCount(0);

  await page.goto(VERSION);
  await page.locator("summary", { hasText: "Reinstate" }).click();
  await portal.form("files/reinstate").getByLabel("Reason").fill("It names nobody.");
  await portal.send("files/reinstate");
  await portal.says(/given out again/);
  await expect(page.getByRole("heading", { name: "Withdrawn files" })).toHaveCount(0);
  expect(await (await request.get(download)).text()).toBe(CSV);
});
