import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Api } from "../api.ts";
import { ROOT, axe, expect, signIn, test } from "../fixtures.ts";
import { Portal } from "../pages/portal.ts";

const PICTURE = join(ROOT, "server", "tests", "site", "fixtures", "chart.png");
const TABLE = { name: "hives.csv", mimeType: "text/csv", buffer: Buffer.from("Year,Hives\n2024,12\n2025,14\n") };

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("an editor adds an image with words for those who do not see it", async ({ page }) => {
    const portal = new Portal(page);
    await signIn(page, "editor@example.org");
    await page.goto("/admin/datasets/new");
    await portal.fill("datasets/create", { id: "hives", title: "Hives", description: "Hives by year." });
    await portal.field("datasets/create", "department").selectOption("environment");
    await page.getByRole("checkbox", { name: "Environment and energy" }).check();
    await portal.fill("datasets/create", { "contacts.0.name": "Nature team", "contacts.0.email": "nature@example.org" });
    await portal.send("datasets/create");
    await portal.fill("datasets/create-edition", { title: "2026", edition: "2026" });
    await portal.send("datasets/create-edition");
    await page.getByText("New version of 2026").click();
    await portal.form("versions/create").getByLabel("Release date").fill("2026-11-24");
    await portal.send("versions/create");
    await portal.field("files/upload", "file").setInputFiles(TABLE);
    await portal.send("files/upload");

    await page.getByText("Add an image").click();
    await portal.fill("images/add", { caption: "Hives, 2020 to 2026" });
    await portal.field("images/add", "file").setInputFiles(PICTURE);
    await portal.send("images/add");
    await expect(page.locator(".error-summary")).toBeVisible();
    await expect(portal.field("images/add", "alt")).toHaveAttribute("aria-invalid", "true");
    await expect(portal.field("images/add", "caption")).toHaveValue("Hives, 2020 to 2026");
    await portal.fill("images/add", { alt: "A line that rises" });
    await portal.field("images/add", "file").setInputFiles(PICTURE);
    await portal.send("images/add");
    await portal.says(/image was added/);
    await expect(page.locator(".thumbnail img")).toHaveAttribute("alt", "A line that rises");
    await portal.form("images/edit").getByLabel("Alternative text").fill("A line that rises from 2020 to 2026");
    await portal.send("images/edit");
    await expect(page.locator(".thumbnail img")).toHaveAttribute("alt", "A line that rises from 2020 to 2026");
    await portal.send("versions/submit");
    await portal.says(/submitted/);
  });
});

test("the image is public with its version", async ({ page, catalogue }) => {
  const api = new Api(catalogue);
  // A dataset of its own, so that this journey needs none before it.
  await api.draftVersion("glasshouses", TABLE.buffer.toString());
  const form = new FormData();
  for (const [name, value] of [["dataset_id", "glasshouses"], ["edition", "2026"], ["version", "1"]] as const) form.set(name, value);
  form.set("alt", "A line that rises from 2020 to 2026");
  form.set("caption", "Hives, 2020 to 2026");
  form.set("file", new File([await readFile(PICTURE)], "chart.png", { type: "image/png" }));
  await api.send("POST", "/v1/images", form);
  await api.send("PUT", "/v1/datasets/glasshouses/editions/2026/versions/1/submit", {});
  expect((await page.goto("/catalogue/glasshouses"))?.status()).toBe(404);
  await signIn(page, "approver@example.org");
  await page.goto("/admin/datasets/glasshouses/editions/2026/versions/1");
  await new Portal(page).send("versions/approve");
  const { id } = await api.send<{ id: string }>("POST", "/v1/bundles", { title: "Glasshouses", type: "manual" });
  await api.send("POST", `/v1/bundles/${id}/contents`, { dataset_id: "glasshouses", edition: "2026", version: "1" });
  await api.send("PUT", `/v1/bundles/${id}/submit`, {});
  await page.goto(`/admin/bundles/${id}`);
  await new Portal(page).approveBundle();
  await page.context().clearCookies();
  await api.send("POST", `/v1/bundles/${id}/publish`, { reason: "A manual release" });
  await expect.poll(async () => (await page.goto("/catalogue/glasshouses"))?.status()).toBe(200);
  const image = page.getByRole("img", { name: "A line that rises from 2020 to 2026" });
  await image.scrollIntoViewIfNeeded();
  await expect.poll(async () => image.evaluate((seen: HTMLImageElement) => seen.complete && seen.naturalWidth)).toBeGreaterThan(0);
  await expect(page.getByText("Hives, 2020 to 2026")).toBeVisible();
  await axe(page);

  // What shows somebody who did not agree is taken back at once, for a reason.
  const portal = new Portal(page);
  await signIn(page, "approver@example.org");
  await page.goto("/admin/datasets/glasshouses/editions/2026/versions/1");
  await page.locator("summary", { hasText: "Withdraw the image" }).click();
  await axe(page);
  await portal.form("images/withdraw").getByLabel("Reason").fill("It shows somebody.");
  await portal.form("images/withdraw").getByLabel("What readers of the version are told").fill("A picture is being replaced.");
  await portal.send("images/withdraw");
  await portal.says(/was withdrawn/);
  await expect(page.locator(".timeline")).toContainText("withdrew an image");
  await axe(page);
  await page.goto("/catalogue/glasshouses");
  await expect(page.getByText("A picture is being replaced.").first()).toBeVisible();
  await expect(image).toHaveCount(0);
});
