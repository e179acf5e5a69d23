import { axe, expect, signIn, test } from "../fixtures.ts";
import { Portal } from "../pages/portal.ts";

const VERSION = "datasets/coronavirus-testing-wales/editions/2020/versions/1";
const PUBLIC = `/catalogue/${VERSION.replace("datasets/", "")}`;
const BANNER = "The files of this version are kept in the archive.";

test("axe finds nothing on the archive of a department that tries numbers out", async ({ page }) => {
  await signIn(page, "operator@example.org");
  await page.goto("/admin/archive?department=health&keep_versions=1");
  await expect(page.getByText("Nothing was changed.")).toBeVisible();
  await axe(page);
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("an old version goes to the archive, stays readable, and comes back", async ({ page, request }) => {
    const portal = new Portal(page);
    await signIn(page, "operator@example.org");

    await page.goto("/admin/archive");
    await page.getByLabel("Department").selectOption("health");
    await page.getByRole("button", { name: "Look" }).click();
    await page.getByLabel("Newest versions that would stay").fill("1");
    await page.getByRole("button", { name: "Try it out" }).click();
    const first = page.getByRole("row", { name: /coronavirus-testing-wales, 2020, version 1/ });
    await expect(first).toContainText("Archived next");
    await first.locator("summary", { hasText: "Hold" }).click();
    await first.getByLabel("Reason").fill("An inquiry quotes it.");
    await first.getByRole("button", { name: "Hold it" }).click();
    await page.goto("/admin/archive?department=health&keep_versions=1");
    await expect(first).toContainText("An inquiry quotes it.");
    await first.locator("summary", { hasText: "Let go" }).click();
    await first.getByRole("button", { name: "Let go" }).click();

    await page.goto(`/admin/${VERSION}`);
    await page.locator("summary", { hasText: "Archive" }).click();
    await portal.form("versions/archive").getByLabel("Reason").fill("Three versions later");
    await portal.send("versions/archive");
    const file = page.locator("a[href*='/files/downloads/']").first();
    await page.goto(PUBLIC);
    await expect(page.getByText(BANNER)).toBeVisible();
    const href = (await file.getAttribute("href")) ?? "";
    const whole = await request.get(href);
    expect(whole.status(), "its files can still be taken along").toBe(200);
    expect((await whole.body()).length).toBeGreaterThan(100);

    await page.goto("/admin/archive?department=health");
    await page.getByRole("link", { name: "coronavirus-testing-wales, 2020, version 1" }).click();
    await page.locator("summary", { hasText: "Restore from the archive" }).click();
    await portal.send("versions/restore");
    await page.goto(PUBLIC);
    await expect(page.getByText(BANNER)).toHaveCount(0);
    expect(await (await request.get(href)).body()).toEqual(await whole.body());
  });
});
