import { Api } from "../api.ts";
import { BOTH_ROLES, axe, expect, signIn, test } from "../fixtures.ts";
import { Portal } from "../pages/portal.ts";

const DATASET = "allotments-let";
const VERSION = `/admin/datasets/${DATASET}/editions/2026/versions/1`;
const WHY = "You created this bundle, so somebody else has to approve it.";

test("whoever created a bundle cannot approve it, and is told why", async ({ page, catalogue }) => {
  const portal = new Portal(page);
  const api = new Api(catalogue);
  await api.submittedVersion(DATASET, "Year,Council,Allotments\n2024,Cardiff,2310\n2025,Cardiff,2342\n");
  await signIn(page, "approver@example.org");
  await page.goto(VERSION);
  await portal.send("versions/approve");

  await signIn(page, BOTH_ROLES);
  await page.goto("/admin/bundles/new");
  await portal.fill("bundles/create", { title: "Allotments, March 2026" });
  await portal.send("bundles/create");
  await portal.field("bundles/add-content", "version").selectOption({ label: `${DATASET}, 2026, version 1` });
  await portal.send("bundles/add-content");
  await portal.sendForReview();

  await expect(page.locator(".blockers")).toContainText(WHY);
  const approve = page.getByRole("button", { name: "Approve" });
  await expect(approve).toHaveAttribute("aria-disabled", "true");
  await expect(approve).toHaveAccessibleDescription(new RegExp(WHY));
  await expect(portal.form("bundles/approve")).toHaveCount(0);
  await axe(page);

  const bundle = page.url();
  await test.step("a form made by hand is refused as well and changes nothing", async () => {
    const id = bundle.split("/").at(-1) ?? "";
    const tag = (await page.request.get(`/v1/bundles/${id}`, { headers: { accept: "application/json" } })).headers().etag ?? "";
    const revision = /^"r(\d+)-/.exec(tag)?.[1] ?? "";
    const answer = await page.request.post("/rpc/bundles/approve", {
      form: { id, revision },
      headers: { origin: catalogue.url, referer: bundle },
      maxRedirects: 0,
    });
    expect(answer.status()).toBe(303);
    await page.goto(bundle);
    await expect(page.locator(".error-summary")).toContainText(WHY);
    await expect(page.locator(".stepper__step--current")).toContainText("Ready for review");
    expect(await api.events(id)).not.toContain("approved");
  });

  await test.step("somebody else may", async () => {
    await signIn(page, "second-approver@example.org");
    await page.goto(bundle);
    await portal.approveBundle();
    await expect(page.locator(".stepper__step--current")).toContainText("Approved");
  });
});
