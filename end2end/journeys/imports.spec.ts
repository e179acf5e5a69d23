import { Api } from "../api.ts";
import { axe, expect, signIn, test } from "../fixtures.ts";
import { Portal } from "../pages/portal.ts";

const HEADINGS = "id,department,title,description,topics,contact_name,contact_email";
const line = (id: string) => `${id},environment,Bathing waters ${id},How clean they are.,local-areas,Water desk,water@example.org`;

test("an import is rehearsed, carried out and undone, as far as nobody has touched what it made", async ({ page, catalogue }) => {
  const api = new Api(catalogue);
  const portal = new Portal(page);
  await signIn(page, "editor@example.org");
  await page.goto("/admin/imports");
  await portal.fill("imports/files", { csv: [HEADINGS, line("bathing-sea"), line("bathing-lake")].join("\n") });
  await portal.send("imports/files");
  await page.getByRole("button", { name: "Import 2 of 2 lines" }).click();
  await portal.says("Made: 2.");
  await axe(page);

  // A colleague goes on with one of the two.
  await page.goto("/admin/datasets/bathing-lake");
  await portal.fill("datasets/edit", { title: "Bathing in lakes" });
  await portal.send("datasets/edit");

  await page.goto("/admin/imports");
  await page.getByRole("table", { name: "Imports that were carried out" }).getByRole("link").first().click();
  await expect(page).toHaveURL(/\/admin\/imports\/[^/]+$/);
  const row = (name: string) => page.getByRole("row").filter({ hasText: name });
  await expect(row("Dataset bathing-sea")).toContainText("Is deleted");
  await expect(row("Dataset bathing-lake")).toContainText("It was changed since");
  await axe(page);
  await portal.send("imports/undo");
  await expect(page.locator(".error-summary")).toContainText("type 1 to confirm it");
  await portal.fill("imports/undo", { things: "1" });
  await portal.send("imports/undo");
  await portal.says("1 thing was taken back. 1 stays, for the reason beside it.");
  await expect(row("Dataset bathing-sea")).toContainText("Was deleted");
  await expect(portal.form("imports/undo")).toHaveCount(0);
  await axe(page);
  await expect(api.send("GET", "/v1/datasets/bathing-sea")).rejects.toThrow("404");
  expect(await api.send<{ title: string }>("GET", "/v1/datasets/bathing-lake")).toMatchObject({ title: "Bathing in lakes" });
});

test("a file is renamed while its version is prepared", async ({ page, catalogue }) => {
  const portal = new Portal(page);
  await new Api(catalogue).draftVersion("bathing-names", "Year,Waters\n2024,12\n2025,14\n");
  await signIn(page, "editor@example.org");
  await page.goto("/admin/datasets/bathing-names/editions/2026/versions/1");
  await page.locator("summary", { hasText: "Rename bathing-names.csv" }).click();
  await axe(page);
  const form = portal.form("files/rename");
  await form.getByLabel("Name of the file").fill("waters.pdf");
  await portal.send("files/rename");
  await expect(page.locator(".error-summary")).toContainText("has to end as bathing-names.csv does");
  await form.getByLabel("Name of the file").fill("waters.csv");
  await portal.send("files/rename");
  await portal.says("The file is called waters.csv now.");
  await expect(page.getByRole("link", { name: "waters.csv", exact: true }).first()).toBeVisible();
});
