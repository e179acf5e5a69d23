import { Api } from "../api.ts";
import { BOTH_ROLES, axe, expect, signIn, test } from "../fixtures.ts";
import { Portal, clocksGoBack } from "../pages/portal.ts";
import type { Page } from "@playwright/test";

const WHY = "You created this bundle, so somebody else has to approve it.";

/** Posts a form about a bundle that its page does not offer, made by hand, and goes back to the page. */
async function postByHand(page: Page, bundle: string, endpoint: string, more: Record<string, string> = {}): Promise<void> {
  const id = bundle.split("/").at(-1) ?? "";
  const tag = (await page.request.get(`/v1/bundles/${id}`, { headers: { accept: "application/json" } })).headers().etag ?? "";
  const revision = /^"r(\d+)-/.exec(tag)?.[1] ?? "";
  const answer = await page.request.post(`/rpc/${endpoint}`, {
    form: { id, revision, ...more },
    headers: { origin: new URL(bundle).origin, referer: bundle },
    maxRedirects: 0,
  });
  expect(answer.status()).toBe(303);
  await page.goto(bundle);
}

for (const scripts of [true, false]) {
  test.describe(scripts ? "with scripts" : "without scripts", () => {
    test.use({ javaScriptEnabled: scripts });

    test("whoever created a bundle cannot approve it, and is told why", async ({ page, catalogue }) => {
      const portal = new Portal(page);
      const api = new Api(catalogue);
      const dataset = scripts ? "allotments-let" : "allotments-let-plain";
      await api.submittedVersion(dataset, "Year,Council,Allotments\n2024,Cardiff,2310\n2025,Cardiff,2342\n");
      await signIn(page, "approver@example.org");
      await page.goto(`/admin/datasets/${dataset}/editions/2026/versions/1`);
      await portal.send("versions/approve");

      await signIn(page, BOTH_ROLES);
      await page.goto("/admin/bundles/new");
      await portal.fill("bundles/create", { title: `Allotments, ${dataset}, March 2026` });
      await portal.send("bundles/create");
      await portal.field("bundles/add-content", "version").selectOption({ label: `${dataset}, 2026, version 1` });
      await portal.send("bundles/add-content");
      await portal.sendForReview();

      await expect(page.locator(".blockers")).toContainText(WHY);
      const approve = page.getByRole("button", { name: "Approve" });
      await expect(approve).toHaveAttribute("aria-disabled", "true");
      await expect(approve).toHaveAccessibleDescription(new RegExp(WHY));
      await expect(portal.form("bundles/approve")).toHaveCount(0);
      if (scripts) await axe(page);

      const bundle = page.url();
      await test.step("a form made by hand is refused as well and changes nothing", async () => {
        await postByHand(page, bundle, "bundles/approve");
        await expect(page.locator(".error-summary")).toContainText(WHY);
        await expect(page.locator(".stepper__step--current")).toContainText("Ready for review");
        expect(await api.events(bundle.split("/").at(-1) ?? "")).not.toContain("approved");
      });

      await test.step("somebody else may", async () => {
        await signIn(page, "second-approver@example.org");
        await page.goto(bundle);
        await portal.approveBundle();
        await expect(page.locator(".stepper__step--current")).toContainText("Approved");
      });
    });

    test("an empty bundle is neither sent for review nor scheduled", async ({ page, catalogue }) => {
      const portal = new Portal(page);
      const asked = ["bundles/submit", "bundles/schedule"];
      await signIn(page, BOTH_ROLES);
      await page.goto("/admin/bundles/new");
      await portal.fill("bundles/create", { title: `Nothing yet, ${scripts ? "with" : "without"} scripts` });
      await portal.send("bundles/create");
      const bundle = page.url();
      await expect(page.getByRole("heading", { name: "Nothing is in this bundle yet" })).toBeVisible();
      await expect(page.locator(".check--fail")).toContainText("The bundle has no content items. Add the versions to publish.");
      for (const endpoint of asked) await expect(portal.form(endpoint)).toHaveCount(0);
      await page.locator("summary", { hasText: "Steps of other states" }).click();
      await expect(page.getByText("Schedule the bundle: only while it is approved or scheduled.")).toBeVisible();
      await page.goto(`${bundle}/schedule`);
      await expect(page.getByRole("main")).toContainText("An approved bundle is scheduled by somebody");
      for (const endpoint of asked) await expect(portal.form(endpoint)).toHaveCount(0);
      if (scripts) await axe(page);

      // Forms made by hand change nothing either.
      const problem = page.locator(".error-summary");
      await postByHand(page, bundle, "bundles/submit");
      await expect(problem).toContainText("Cannot send the bundle for review while the state is created");
      await postByHand(page, bundle, "bundles/schedule", { publication_date: clocksGoBack(), publication_time: "09:30" });
      await expect(problem).toContainText("Cannot schedule the bundle while the state is created");
      expect(await new Api(catalogue).events(bundle.split("/").at(-1) ?? "")).toEqual(["created"]);
    });
  });
}
