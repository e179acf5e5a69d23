import { Api, type Bundle } from "../api.ts";
import { BOTH_ROLES, PASSWORD, axe, expect, signIn, test } from "../fixtures.ts";
import { Portal, secondsAhead } from "../pages/portal.ts";
import { press, signInByKeys, tabTo, type } from "../typing.ts";
import type { Page } from "@playwright/test";

const ROWS = "Year,Council,Plots\n2023,Conwy,120\n2024,Conwy,124\n2025,Conwy,131\n";

for (const scripts of [true, false]) {
  test.describe(scripts ? "with scripts" : "without scripts", () => {
    test.use({ javaScriptEnabled: scripts });

    test("two editors save the same dataset, and neither loses anything", async ({ page, browser, catalogue }) => {
      const api = new Api(catalogue);
      const dataset = scripts ? "allotments-two" : "allotments-two-plain";
      await api.submittedVersion(dataset, ROWS);
      const address = `/admin/datasets/${dataset}`;
      const context = await browser.newContext({ baseURL: catalogue.url, javaScriptEnabled: scripts });
      const other = await context.newPage();
      await signIn(page, "editor@example.org");
      await signIn(other, BOTH_ROLES);
      await page.goto(address);
      await other.goto(address);
      const [mine, theirs] = [new Portal(page), new Portal(other)];
      const unfold = async (of: Page) => {
        const form = of.locator('details:has(form[action="/rpc/datasets/edit"]) > summary');
        if (await form.count()) await form.first().click();
      };
      await unfold(page);
      await unfold(other);
      await theirs.fill("datasets/edit", { survey: "Survey of councils", spatial_coverage: "Wales" });
      await theirs.send("datasets/edit");

      await mine.fill("datasets/edit", { survey: "Allotment returns", unit_of_measure: "plots" });
      await mine.send("datasets/edit");
      const refused = page.getByRole("alert").filter({ hasText: "Gwen Parry edited the details at" });
      await expect(refused).toBeVisible();
      await expect(refused.getByRole("link"), "one field was changed by both").toHaveCount(1);
      await refused.getByRole("link", { name: "Survey: changed by both" }).click();
      await expect(mine.field("datasets/edit", "survey")).toBeFocused();
      await expect(mine.field("datasets/edit", "spatial_coverage"), "what was not touched is theirs").toHaveValue("Wales");
      await expect(mine.field("datasets/edit", "survey")).toHaveValue("Allotment returns");
      await expect(mine.field("datasets/edit", "unit_of_measure")).toHaveValue("plots");
      await expect(page.locator(".theirs").filter({ hasText: "Survey of councils" })).toBeVisible();
      if (scripts) await axe(page);
      await mine.send("datasets/edit");
      await expect(refused).toHaveCount(0);
      const saved = await api.send<{ survey?: string; unit_of_measure?: string }>("GET", `/v1/datasets/${dataset}`);
      expect(JSON.stringify(saved)).toContain("Allotment returns");
      expect(JSON.stringify(saved), "saving again erases nothing").toContain("Wales");
      await context.close();
    });

    test("a form that meets the end of its session is filled in again after signing in", async ({ page, catalogue }) => {
      const api = new Api(catalogue);
      const dataset = scripts ? "allotments-ended" : "allotments-ended-plain";
      await api.draftVersion(dataset, ROWS);
      const details = `/admin/datasets/${dataset}/editions/2026/versions/1/prepare/details`;
      await signIn(page, "editor@example.org");
      await page.goto(details);
      const portal = new Portal(page);
      if (scripts) await portal.scripts();
      await portal.fill("versions/edit", { temporal_coverage: "From the spring of 2019" });
      // As if the session had been ended elsewhere.
      await page.context().clearCookies({ name: "catalogue_session" });
      await portal.send("versions/edit");
      await expect(page).toHaveURL(/\/account\/sign-in/);
      await expect(page.getByRole("status", { name: "Session" })).toContainText("Your session has ended. Sign in to go on; what you typed is kept.");
      if (scripts) await axe(page);
      await page.locator('input[name="email"]').fill("editor@example.org");
      await page.locator('input[name="password"]').fill(PASSWORD);
      await page.getByRole("button", { name: "Sign in" }).click();
      await expect(page).toHaveURL(new RegExp(`${details}$`));
      await expect(page.getByRole("alert")).toContainText("Not saved yet");
      const coverage = portal.field("versions/edit", "temporal_coverage");
      await expect(coverage).toHaveValue("From the spring of 2019");
      if (scripts) {
        await portal.scripts();
        await expect(page.getByRole("button", { name: "Take it back" }), "it is offered once").toHaveCount(0);
        await axe(page);
      }
      await portal.send("versions/edit");
      await portal.says("The details were saved.");
      await expect(coverage).toHaveValue("From the spring of 2019");
    });

    test("a previewer sees the bundles shared with their teams and no other", async ({ page, catalogue }) => {
      const api = new Api(catalogue);
      const shared = await api.bundleIn("ready_for_review");
      const hidden = await api.bundleIn("approved");
      await signIn(page, "previewer@example.org");
      await page.goto("/admin/bundles");
      await expect(page.getByRole("main")).toContainText(shared.title);
      await expect(page.getByRole("main")).not.toContainText(hidden.title);
      expect((await page.goto(`/admin/bundles/${shared.id}/preview`))?.status()).toBe(200);
      await expect(page.getByText("Nothing of this is public yet")).toBeVisible();
      expect((await page.goto(`/admin/bundles/${hidden.id}/preview`))?.status()).toBe(404);
      expect((await page.goto(`/admin/bundles/${hidden.id}`))?.status()).toBe(404);
      if (scripts) await axe(page);
    });
  });
}

test("a version is reviewed and approved with the keyboard alone", async ({ page, catalogue }) => {
  test.setTimeout(120_000);
  const api = new Api(catalogue);
  await api.submittedVersion("allotments-keys", ROWS);
  await api.submittedVersion("allotments-keys-next", ROWS);
  const portal = new Portal(page);
  await signInByKeys(page, "approver@example.org");
  await portal.scripts();
  await page.keyboard.press("g");
  await page.keyboard.press("w");
  await expect(page).toHaveURL(/\/admin\/review/);
  await press(page, page.locator('a[href*="/admin/datasets/allotments-keys/"]').first());
  await expect(page).toHaveURL(/allotments-keys\/editions\/2026\/versions\/1/);
  await portal.scripts();
  await page.keyboard.press("n");
  await expect(page).toHaveURL(/allotments-keys-next\//);
  await portal.scripts();
  await page.keyboard.press("p");
  await expect(page).toHaveURL(/allotments-keys\//);
  await portal.scripts();
  await page.keyboard.press("r");
  const reason = portal.field("versions/return", "reason");
  await expect(reason).toBeFocused();
  await page.keyboard.type("a n p");
  await expect(reason, "in a field they are letters").toHaveValue("a n p");
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.press("Delete");
  await page.keyboard.press("Tab");
  await page.keyboard.press("c");
  await expect(portal.field("versions/comment", "text")).toBeFocused();
  await page.keyboard.type("Looked at every council");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await portal.says("Your comment was added.");
  await expect(page.locator(".comment")).toContainText("Looked at every council");
  await portal.scripts();
  await page.keyboard.press("a");
  const approve = portal.form("versions/approve").getByRole("button").last();
  await expect(approve).toBeFocused();
  const ring = await approve.evaluate((element) => getComputedStyle(element).outlineStyle);
  expect(ring, "what has the focus is seen").not.toBe("none");
  await page.keyboard.press("Enter");
  await portal.says(/approved/);
});

test("a bundle goes from nothing to its instant with the keyboard alone", async ({ page, catalogue }) => {
  test.setTimeout(120_000);
  const api = new Api(catalogue);
  const dataset = "allotments-typed";
  await api.submittedVersion(dataset, ROWS);
  const portal = new Portal(page);
  await signInByKeys(page, "approver@example.org");
  await page.goto(`/admin/datasets/${dataset}/editions/2026/versions/1`);
  await press(page, portal.button("versions/approve"), /approved/);

  await signInByKeys(page, "editor@example.org");
  await page.goto("/admin/bundles/new");
  await type(page, portal.field("bundles/create", "title"), "Allotments by the keyboard");
  await press(page, portal.button("bundles/create"));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Allotments by the keyboard");
  const bundle = page.url();
  const versions = portal.field("bundles/add-content", "version");
  await type(page, versions, dataset);
  await expect(versions).toHaveValue(`${dataset}/2026/1`);
  await press(page, portal.button("bundles/add-content"), /was added/);
  await tabTo(page, portal.form("bundles/submit").getByRole("checkbox"));
  await page.keyboard.press("Space");
  await press(page, portal.button("bundles/submit"), /review/);

  await signInByKeys(page, "approver@example.org");
  await page.goto(bundle);
  await portal.scripts();
  await page.keyboard.press("a");
  await expect(page).toHaveURL(`${bundle}/approve`);
  await portal.scripts();
  await page.keyboard.press("c");
  await expect(portal.field("bundles/comment", "text")).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.press("a");
  await expect(portal.button("bundles/approve")).toBeFocused();
  await page.keyboard.press("Enter");
  await portal.says(/approved/);
  await page.goto(`${bundle}/schedule`);
  await press(page, page.locator(".check a").first());
  await expect(page).toHaveURL(/schedule\?/);
  await press(page, portal.button("bundles/schedule"), /scheduled/);
});

test("two people send a bundle back and forth to its instant, each with the keyboard alone", async ({ page, browser, catalogue }) => {
  test.setTimeout(180_000);
  const api = new Api(catalogue);
  const [ready, early] = ["allotments-hand-ready", "allotments-hand-early"];
  const title = "Allotments from hand to hand";
  for (const dataset of [ready, early]) await api.submittedVersion(dataset, ROWS);
  const context = await browser.newContext({ baseURL: catalogue.url });
  const other = await context.newPage();
  const [mine, theirs] = [new Portal(page), new Portal(other)];
  await signInByKeys(other, "approver@example.org");
  await other.goto(`/admin/datasets/${ready}/editions/2026/versions/1`);
  await press(other, theirs.button("versions/approve"), /approved/);

  await signInByKeys(page, BOTH_ROLES);
  await mine.scripts();
  await page.keyboard.press("g");
  await page.keyboard.press("b");
  await expect(page).toHaveURL(/\/admin\/bundles$/);
  await press(page, page.getByRole("link", { name: "Create a bundle", exact: true }));
  await type(page, mine.field("bundles/create", "title"), title);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(title);
  const bundle = page.url();
  const id = bundle.split("/").at(-1) ?? "";

  await test.step("what is not approved is refused", async () => {
    await press(page, page.getByRole("link", { name: "Add many at once" }));
    await type(page, page.getByLabel("Dataset or edition"), "allotments-hand");
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/q=allotments-hand/);
    await expect(page.locator(`input[value="${early}/2026/1"]`)).toBeDisabled();
    const pasted = mine.field("bundles/add-contents", "pasted");
    await type(page, pasted, `${early}/2026/1`);
    await press(page, mine.button("bundles/add-contents"));
    await expect(page.locator(".error-summary")).toContainText(`Only approved versions go into a bundle; ${early}/2026/1 is submitted.`);
    await tabTo(page, pasted);
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.press("Delete");
    await tabTo(page, page.locator(`input[value="${ready}/2026/1"]`));
    await page.keyboard.press("Space");
    await press(page, mine.button("bundles/add-contents"), /One version was added/);
  });

  const sendForReview = async () => {
    const looked = mine.form("bundles/submit").getByRole("checkbox");
    if ((await looked.count()) > 0) {
      await tabTo(page, looked);
      await page.keyboard.press("Space");
    }
    await press(page, mine.button("bundles/submit"), /sent for review/);
  };
  await test.step("whoever made it is led to its approval and told why it is not theirs", async () => {
    await sendForReview();
    await mine.scripts();
    await page.keyboard.press("a");
    await expect(page).toHaveURL(`${bundle}/approve`);
    await expect(page.getByRole("main")).toContainText("You created this bundle, so somebody else has to approve it.");
    await expect(mine.form("bundles/approve")).toHaveCount(0);
    await page.goto(bundle);
    await mine.scripts();
  });

  const reason = "The figures of 2025 have to be looked at once more.";
  const approval = async () => {
    await other.goto(bundle);
    await theirs.scripts();
    await other.keyboard.press("a");
    await expect(other).toHaveURL(`${bundle}/approve`);
    await theirs.scripts();
  };
  await test.step("it is sent back with a reason, which the other hears of", async () => {
    await approval();
    await other.keyboard.press("r");
    await expect(theirs.field("bundles/reject", "reason")).toBeFocused();
    await other.keyboard.type(reason);
    await press(other, theirs.button("bundles/reject"), /sent back to its editors/);
    const changed = page.locator("#live-changed");
    await expect(changed).toContainText("Changed by", { timeout: 20_000 });
    await press(page, changed.getByRole("link", { name: "Load the page again, keeping what you typed" }));
    await expect(page.locator(".stepper__step--current")).toContainText("In progress");
    await expect(page.locator(".timeline__reason").first()).toHaveText(reason);
    await sendForReview();
  });

  const give = async () => {
    await other.goto(`${bundle}/schedule`);
    await press(other, other.locator(".check a").first());
    await expect(other).toHaveURL(/schedule\?/);
    await press(other, theirs.button("bundles/schedule"), /scheduled/);
  };
  await test.step("it is approved, given an instant, loses it with a reason, and is given one again", async () => {
    await approval();
    await other.keyboard.press("a");
    await expect(theirs.button("bundles/approve")).toBeFocused();
    await other.keyboard.press("Enter");
    await theirs.says(/approved/);
    await give();
    await other.goto(`${bundle}/schedule`);
    await press(other, other.locator("#cancel-schedule > summary"));
    await type(other, theirs.field("bundles/cancel-schedule", "reason"), "The press office asks for another day.");
    await press(other, theirs.button("bundles/cancel-schedule"), /stays approved/);
    await give();
  });

  await test.step("at its instant it is public, and whoever made it sees that", async () => {
    await page.goto(`${bundle}/publication`);
    await mine.scripts();
    // Nobody waits here for half past nine.
    await api.send("PUT", `/v1/bundles/${id}/schedule`, { publication_date: secondsAhead(5).toISOString() });
    await expect(page.locator(".banner--success")).toContainText("Public", { timeout: 30_000 });
    await page.goto(bundle);
    await press(page, page.locator(".banner--success").getByRole("link"));
    await expect(page).toHaveURL(`/catalogue/${ready}/editions/2026/versions/1`);
  });
  await context.close();
});

test("a dataset goes from nothing to a version with its file with the keyboard alone", async ({ page }) => {
  test.setTimeout(120_000);
  const portal = new Portal(page);
  const dataset = "allotments-from-keys";
  await signInByKeys(page, "editor@example.org");
  await page.goto("/admin/datasets/new");
  await type(page, portal.field("datasets/create", "id"), dataset);
  await type(page, portal.field("datasets/create", "title"), "Allotments from keys");
  await type(page, portal.field("datasets/create", "description"), "How many allotments each council lets.");
  await tabTo(page, page.getByRole("checkbox", { name: "Environment and energy" }));
  await page.keyboard.press("Space");
  await press(page, portal.button("datasets/create"));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Allotments from keys");
  await type(page, portal.field("datasets/create-edition", "title"), "2026");
  await type(page, portal.field("datasets/create-edition", "edition"), "2026");
  await press(page, portal.button("datasets/create-edition"));
  await press(page, page.locator("summary", { hasText: "New version of 2026" }));
  const date = portal.form("versions/create").getByLabel("Release date");
  // Whether day or month comes first is the browser's to say.
  await type(page, date, "11112026");
  await expect(date).toHaveValue("2026-11-11");
  await press(page, portal.button("versions/create"));
  await expect(page).toHaveURL(`/admin/datasets/${dataset}/editions/2026/versions/1`);

  await portal.scripts();
  const chooser = page.waitForEvent("filechooser");
  await press(page, portal.field("files/upload", "file"));
  await (await chooser).setFiles({ name: "plots.csv", mimeType: "text/csv", buffer: Buffer.from(ROWS) });
  await press(page, portal.button("files/upload"));
  const kept = page.locator("li.upload").filter({ hasText: "plots.csv" });
  await expect(kept).toContainText("3 rows, 3 columns");
  await expect(kept).toContainText(/sha256 [0-9a-f]{12}/);
  await press(page, portal.button("versions/submit"), /submitted/);
});

test("single keys tick rows, edit them and walk a preview, unless they are switched off", async ({ page, catalogue }) => {
  const api = new Api(catalogue);
  const portal = new Portal(page);
  await api.send("POST", "/v1/datasets", { id: "allotments-row", title: "Allotments row by row", department: "environment", description: "A row." });
  const { items } = await api.send<{ items: Bundle[] }>("GET", "/v1/bundles?limit=100");
  const release = items.find(({ title }) => title.startsWith("Greenhouse gas emissions"));
  await signIn(page, "approver@example.org");
  await page.goto("/admin/bundles?state=scheduled");
  await portal.scripts();
  await page.keyboard.press("j");
  const tick = page.getByRole("row").nth(1).getByRole("checkbox");
  await page.keyboard.press("x");
  await expect(tick).toBeChecked();
  await page.keyboard.press("x");
  await expect(tick).not.toBeChecked();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keyboard" })).toContainText("Next item of a preview");

  const preview = `/admin/bundles/${release?.id}/preview`;
  const place = page.locator(".walk");
  await page.goto(preview);
  for (const [key, shows] of [["ArrowRight", "2 of 2"], ["ArrowLeft", "1 of 2"], ["n", "2 of 2"], ["p", "1 of 2"]] as const) {
    await portal.scripts();
    await page.keyboard.press(key);
    await expect(place).toContainText(shows);
  }
  await page.goto("/account");
  await portal.scripts();
  await page.locator("#keys-off").check();
  await page.goto(preview);
  await portal.scripts();
  await page.keyboard.press("n");
  await page.keyboard.press("c");
  await expect(portal.field("bundles/comment", "text")).not.toBeFocused();
  await expect(place).toContainText("1 of 2");
  await page.goto("/account");
  await portal.scripts();
  await page.locator("#keys-off").uncheck();

  await signIn(page, "editor@example.org");
  await page.goto("/admin/datasets?q=row+by+row");
  await portal.scripts();
  await page.keyboard.press("j");
  await page.keyboard.press("e");
  await expect(page).toHaveURL(/allotments-row#edit$/);
  await expect(page.locator('form[action="/rpc/datasets/edit"] :focus')).toHaveCount(1);
});

test("a session that ends is told ahead, and takes nothing that was typed with it", async ({ page, catalogue }) => {
  const { id } = await new Api(catalogue).bundleIn("ready_for_review");
  await page.clock.install();
  await signIn(page, "approver@example.org");
  await page.goto(`/admin/bundles/${id}`);
  const portal = new Portal(page);
  await portal.scripts();
  const text = portal.field("bundles/comment", "text");
  await text.fill("Looked at the regions");
  await page.clock.fastForward("58:30");
  await page.clock.runFor(6_000);
  await expect(page.getByRole("dialog", { name: "Your session ends soon" })).toBeVisible();
  await axe(page);
  await page.getByRole("button", { name: "Stay signed in" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);

  await page.context().clearCookies();
  await page.clock.fastForward("01:05:00");
  await page.clock.runFor(6_000);
  const ended = page.getByRole("dialog", { name: "Your session has ended" });
  await expect(ended).toBeVisible();
  await axe(page);
  const opened = page.context().waitForEvent("page");
  await ended.getByRole("link", { name: "Sign in in a new tab" }).click();
  const tab = await opened;
  await signIn(tab, "approver@example.org");
  await tab.close();
  await ended.getByRole("button", { name: "I have signed in" }).click();
  await expect(ended).toHaveCount(0);
  await expect(text).toHaveValue("Looked at the regions");
  await portal.send("bundles/comment");
  await portal.says("Your comment was added.");
});

for (const scripts of [true, false]) {
  test.describe(scripts ? "with scripts" : "without scripts", () => {
    test.use({ javaScriptEnabled: scripts });

    test("what somebody did stands in the trail, and its export holds exactly that", async ({ page }) => {
      const portal = new Portal(page);
      await signIn(page, "editor@example.org");
      await page.goto("/admin/bundles/new");
      await portal.fill("bundles/create", { title: `Allotments counted ${scripts ? "with" : "without"} scripts` });
      await portal.send("bundles/create");
      const id = page.url().split("/").at(-1) ?? "";
      await page.locator("summary", { hasText: "Edit the details" }).click();
      await portal.fill("bundles/edit", { description: "Counted once more." });
      await portal.send("bundles/edit");

      await signIn(page, "admin@example.org");
      await page.goto("/admin/audit");
      await page.getByLabel("To what").selectOption("bundle");
      await page.getByLabel("Which one (title, name or id)").fill(id);
      await page.getByRole("main").getByRole("button", { name: "Find" }).click();
      await expect(page).toHaveURL(new RegExp(`resource_id=${id}`));
      const shown = page.locator(".timeline__event");
      await expect(shown.first()).toContainText("Counted once more.");
      await page.waitForLoadState();
      const numbers = await page.locator(".timeline__event summary", { hasText: /^Record \d+$/ }).allTextContents();
      const href = await page.getByRole("link", { name: "CSV", exact: true }).getAttribute("href");
      const csv = await (await page.request.get(href ?? "")).text();
      const [head = "", ...lines] = csv.trim().split(/\r?\n/);
      const column = (name: string) => lines.map((line) => line.split(",")[head.split(",").indexOf(name)]);
      expect(column("sequence"), "the same records in the same order").toEqual(numbers.map((words) => words.replace("Record ", "")));
      expect(column("resource_id")).toEqual(lines.map(() => id));
      expect(column("event_type").at(-1)).toBe("created");
      expect(lines[0]).toContain("Counted once more.");
      expect(await shown.count(), "one record a line").toBe(lines.length);
    });
  });
}

test("what the trail shows is what its export holds", async ({ page }) => {
  await signIn(page, "admin@example.org");
  await page.goto("/admin/audit?resource_type=bundle");
  const link = page.getByRole("link", { name: /CSV/ });
  const href = await link.getAttribute("href");
  const csv = await (await page.request.get(href ?? "")).text();
  const json = await page.request.get("/v1/audit?resource_type=bundle&limit=1");
  const { total_count } = (await json.json()) as { total_count: number };
  const rows = csv.trim().split(/\r?\n/);
  expect(total_count).toBeGreaterThan(0);
  expect(rows.length - 1, "one line a record").toBe(total_count);
  expect(rows[0]).toContain("resource_type");
});
