import { createHash } from "node:crypto";
import { open, writeFile } from "node:fs/promises";
import { Api } from "../api.ts";
import { axe, expect, signIn, test } from "../fixtures.ts";
import { Portal } from "../pages/portal.ts";
import { press, signInByKeys } from "../typing.ts";
import type { Page } from "@playwright/test";

const ROWS = "Year,Council,Plots\n2023,Conwy,120\n2024,Conwy,124\n2025,Conwy,131\n";

/** Asserts that every column of a table is in sight without scrolling it sideways. */
async function fits(page: Page, table: RegExp): Promise<void> {
  const region = page.getByRole("region", { name: table });
  expect(await region.evaluate((box) => box.scrollWidth - box.clientWidth), `${table.source} is cut off`).toBeLessThanOrEqual(0);
}

/** Writes something that begins as an archive does, so many million bytes of it; answers with its SHA-256. */
async function writeArchive(path: string, megabytes: number): Promise<string> {
  const hash = createHash("sha256");
  const file = await open(path, "w");
  for (let at = 0; at < megabytes; at++) {
    const bytes = Buffer.alloc(1_000_000, at);
    if (at === 0) bytes.write("PK\x03\x04", "latin1");
    // An archive ends with its directory, here of nothing.
    if (at === megabytes - 1) bytes.fill(0, bytes.length - 22).write("PK\x05\x06", bytes.length - 22, "latin1");
    hash.update(bytes);
    await file.write(bytes);
  }
  await file.close();
  return hash.digest("hex");
}

test("a reviewer walks the queue and sees what differs", async ({ page, catalogue }) => {
  const api = new Api(catalogue);
  await api.submittedVersion("allotments-review", ROWS);
  await signIn(page, "approver@example.org");
  await page.goto("/admin/review");
  await expect(page.getByRole("link", { name: "Begin with the oldest" })).toBeVisible();
  await axe(page);
  await page.getByRole("link", { name: /Allotments let by councils/ }).first().click();
  await expect(page.getByRole("navigation", { name: "Review queue" })).toContainText("wait for review");
  await expect(page.locator(".check").first()).toBeVisible();
  await axe(page);
  const parts = page.getByRole("navigation", { name: "Parts of the version" });
  await parts.getByRole("link", { name: "Data" }).click();
  await expect(page.getByText("This is the first version of its edition")).toBeVisible();
  await expect(page.getByRole("row").filter({ hasText: "Plots" })).toContainText("whole numbers");
  await axe(page);
  for (const part of ["Details", "Files", "All, to print"]) {
    await parts.getByRole("link", { name: part }).click();
    await axe(page);
  }
});

test("a bundle is filled, talked about, approved as shown and scheduled with a suggestion", async ({ page, catalogue }) => {
  test.setTimeout(120_000);
  const api = new Api(catalogue);
  const portal = new Portal(page);
  await api.submittedVersion("allotments-desk", ROWS);
  await signIn(page, "approver@example.org");
  await page.goto("/admin/datasets/allotments-desk/editions/2026/versions/1");
  await portal.send("versions/approve");

  await signIn(page, "editor@example.org");
  await page.goto("/admin/bundles/new");
  await portal.fill("bundles/create", { title: "Allotments at the desk" });
  await portal.send("bundles/create");
  const bundle = page.url();
  await page.getByRole("link", { name: "Add many at once" }).click();
  await axe(page);
  await page.getByLabel("Dataset or edition").fill("allotments");
  await page.getByRole("button", { name: "Find" }).click();
  await page.locator("input[value='allotments-desk/2026/1']").check();
  await portal.send("bundles/add-contents");
  await portal.says("One version was added.");
  // What was just done is undone, and so is that.
  await portal.send("bundles/remove-contents");
  await portal.says("One version was taken out of the bundle.");
  await portal.send("bundles/add-contents");
  await portal.says("One version was added.");
  await portal.fill("bundles/comment", { text: "The first release of these figures." });
  await portal.send("bundles/comment");
  await expect(page.locator(".comment")).toContainText("The first release");
  await page.setViewportSize({ width: 1280, height: 720 });
  await fits(page, /^Contents$/);
  await portal.sendForReview();

  await signIn(page, "approver@example.org");
  await page.goto(bundle);
  await fits(page, /^Contents$/);
  await page.setViewportSize({ width: 375, height: 740 });
  await fits(page, /^Contents$/);
  await page.goto("/admin/bundles");
  await fits(page, /^Bundles$/);
  await axe(page);
  await page.setViewportSize({ width: 1280, height: 720 });
  await page.goto(`${bundle}/preview`);
  await expect(page.getByText("Nothing of this is public yet")).toBeVisible();
  await axe(page);
  await portal.send("bundles/sign-off");
  await page.getByRole("link", { name: "Open its page as readers will find it" }).click();
  const bar = page.getByRole("region", { name: "Preview" });
  await expect(bar).toContainText("Not public.");
  await expect(bar).toContainText("Nothing of it was public before");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Allotments let by councils");
  await expect(page.locator("#chart")).toBeVisible();
  await expect(page.locator("#table")).toContainText("131");
  await axe(page);
  await page.locator("#table").getByRole("link").first().click();
  await expect(page).toHaveURL(/\/preview\/[^/]+\/explore$/);
  await expect(page.locator(".explore__table")).toContainText("131");
  await axe(page);
  await bar.getByRole("link", { name: "Comment on it or sign it off" }).click();
  await expect(page.getByText("Signed off").first()).toBeVisible();
  await page.goto(`${bundle}/approve`);
  await expect(page.getByText("1 of 1 items signed off")).toBeVisible();
  await fits(page, /^What changes about the dataset/);
  await axe(page);
  await portal.send("bundles/approve");
  await page.goto(`${bundle}/schedule`);
  await page.locator(".check a").first().click();
  await axe(page);
  await portal.send("bundles/schedule");
  await portal.says("The bundle is scheduled.");
  await page.goto("/admin/bundles?view=board&q=Allotments+at");
  await expect(page.locator(".board__column.state--scheduled")).toContainText("Allotments at the desk");
  await axe(page);
  await page.goto("/admin/bundles?view=calendar");
  await expect(page.locator("#month")).toBeVisible();
  await axe(page);
  await page.getByRole("link", { name: "Week", exact: true }).click();
  await expect(page.locator(".week__now")).toBeVisible();
  await axe(page);
});

test("what was typed is there again after the page was left", async ({ page, catalogue }) => {
  const { id } = await new Api(catalogue).bundleIn("ready_for_review");
  await signIn(page, "approver@example.org");
  await page.goto(`/admin/bundles/${id}`);
  const portal = new Portal(page);
  await portal.scripts();
  const text = portal.field("bundles/comment", "text");
  await text.fill("Half a thought");
  await page.reload();
  await expect(text).toHaveValue("");
  await page.getByRole("button", { name: "Take it back" }).click();
  await expect(text).toHaveValue("Half a thought");
  await axe(page);
  await portal.send("bundles/comment");
  await portal.says("Your comment was added.");
  await expect(page.getByRole("button", { name: "Take it back" })).toHaveCount(0);
});

test("a version in no bundle is seen as readers will find it", async ({ page, catalogue }) => {
  await Promise.all([new Api(catalogue).submittedVersion("allotments-ahead", ROWS), signIn(page, "editor@example.org")]);
  const version = "/admin/datasets/allotments-ahead/editions/2026/versions/1";
  await page.goto(version);
  await page.getByRole("link", { name: "As readers will find it" }).click();
  const bar = page.getByRole("region", { name: "Preview" });
  await expect(bar).toContainText("Not public.");
  await axe(page);
  await bar.getByRole("link", { name: "Back to the version" }).click();
  await expect(page).toHaveURL(new RegExp(`${version}$`));
});

test("what an earlier version of the catalogue kept without names is not given back", async ({ page, catalogue }) => {
  const { id } = await new Api(catalogue).bundleIn("ready_for_review");
  await signIn(page, "approver@example.org");
  await page.goto(`/admin/bundles/${id}`);
  const portal = new Portal(page);
  await portal.scripts();
  const person = await page.locator("#main").getAttribute("data-person");
  const name = `draft:${person}:/admin/bundles/${id} /rpc/bundles/comment ${id}`;
  await page.evaluate((name) => localStorage.setItem(name, JSON.stringify({ at: Date.now(), values: ["", "By its place"], sent: false })), name);
  await page.reload();
  await portal.scripts();
  await expect(page.getByRole("button", { name: "Take it back" })).toHaveCount(0);
  expect(await page.evaluate((name) => localStorage.getItem(name), name)).toBeNull();
});

test("ticks are given back to the rows that they were set at, whatever part of the list is shown", async ({ page, catalogue }) => {
  const api = new Api(catalogue);
  const [first, second] = ["ticked-first", "ticked-second"];
  for (const id of [first, second]) {
    await api.send("POST", "/v1/datasets", { id, title: `Allotments ${id}`, department: "environment", description: "Plots." });
  }
  await signIn(page, "editor@example.org");
  const portal = new Portal(page);
  const box = (id: string) => page.getByRole("checkbox", { name: `Choose Allotments ${id}` });
  const back = page.getByRole("button", { name: "Take it back" });
  await page.goto(`/admin/datasets?q=${first}`);
  await portal.scripts();
  await box(first).check();
  await page.goto(`/admin/datasets?q=${second}`);
  await portal.scripts();
  await expect(back, "nothing of it belongs here").toHaveCount(0);
  await expect(box(second)).not.toBeChecked();
  await page.goto("/admin/datasets?q=ticked-");
  await back.click();
  await expect(box(first)).toBeChecked();
  await expect(box(second)).not.toBeChecked();
});

test("who presses twice sends once", async ({ page, catalogue }) => {
  const { id } = await new Api(catalogue).bundleIn("ready_for_review");
  await signIn(page, "approver@example.org");
  await page.goto(`/admin/bundles/${id}`);
  const portal = new Portal(page);
  await portal.scripts();
  await portal.fill("bundles/comment", { text: "Said once, pressed twice" });
  const add = portal.form("bundles/comment").getByRole("button", { name: "Add the comment" });
  // Counted in the page, as a browser may drop a first request for the sake of a second one.
  await add.evaluate((button: HTMLButtonElement) => {
    let sent = 0;
    window.addEventListener("submit", (event) => {
      if (!event.defaultPrevented) sessionStorage.setItem("times-sent", String(++sent));
    });
    button.click();
    button.click();
  });
  await portal.says("Your comment was added.");
  await expect(page.locator(".comment").filter({ hasText: "Said once, pressed twice" })).toHaveCount(1);
  expect(await page.evaluate(() => sessionStorage.getItem("times-sent"))).toBe("1");
});

test("who leaves while a file is being sent is asked first", async ({ page, catalogue }, info) => {
  const api = new Api(catalogue);
  const dataset = "allotments-left";
  await api.draftVersion(dataset, ROWS);
  const file = info.outputPath("slow.csv");
  await writeFile(file, ROWS);
  await signIn(page, "editor@example.org");
  await page.goto(`/admin/datasets/${dataset}/editions/2026/versions/1`);
  const portal = new Portal(page);
  await portal.scripts();
  const held: Array<() => void> = [];
  await page.route("**/v1/files/uploads/*", async (route) => {
    if (route.request().method() === "PATCH") await new Promise<void>((go) => held.push(go));
    await route.continue().catch(() => undefined);
  });
  await portal.field("files/upload", "file").setInputFiles(file);
  await portal.form("files/upload").getByRole("button", { name: "Upload" }).click();
  await expect.poll(() => held.length).toBe(1);
  const asked: string[] = [];
  page.once("dialog", (dialog) => {
    asked.push(dialog.type());
    void dialog.accept();
  });
  await page.reload();
  expect(asked).toEqual(["beforeunload"]);
  for (const go of held) go();
});

test("of several files those that are taken are shown, and why one was refused", async ({ page, catalogue }) => {
  const dataset = "allotments-several";
  await new Api(catalogue).draftVersion(dataset, ROWS);
  await signIn(page, "editor@example.org");
  await page.goto(`/admin/datasets/${dataset}/editions/2026/versions/1/prepare/files`);
  const portal = new Portal(page);
  await portal.scripts();
  const upload = portal.form("files/upload").getByRole("button", { name: "Upload" });
  const file = (name: string, text: string) => ({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
  await portal.field("files/upload", "file").setInputFiles([file("rents.csv", ROWS), file("slip.exe", "MZ"), file("waiting.csv", ROWS)]);
  // Nobody can tell which of them a title is of.
  const title = portal.field("files/upload", "title");
  await title.fill("Rents");
  await upload.click();
  expect(await title.evaluate((field: HTMLInputElement) => field.validationMessage)).toContain("A title is for one file.");
  await title.fill("");
  await upload.click();
  await expect(page.getByText("slip.exe was not taken: ")).toBeVisible();
  for (const name of ["rents.csv", "waiting.csv"]) {
    await expect(page.locator("li.upload").filter({ hasText: name })).toHaveCount(1);
  }
  await expect(page.locator("#live-changed")).toBeHidden();
  await axe(page);
  await page.reload();
  await portal.scripts();
  await expect(page.getByText("slip.exe was not taken: "), "it is told once").toHaveCount(0);
});

test("a large upload that lost its network goes on after the page was loaded again", async ({ page, catalogue, context }, info) => {
  test.setTimeout(180_000);
  const api = new Api(catalogue);
  const dataset = "allotments-upload";
  await api.draftVersion(dataset, ROWS);
  const file = info.outputPath("photographs.zip");
  const sha256 = await writeArchive(file, 200);
  await signIn(page, "editor@example.org");
  await page.goto(`/admin/datasets/${dataset}/editions/2026/versions/1`);
  const portal = new Portal(page);
  await portal.scripts();
  let parts = 0;
  page.on("request", (request) => {
    if (request.method() === "PATCH" && ++parts === 5) void context.setOffline(true);
  });
  await portal.field("files/upload", "file").setInputFiles(file);
  await portal.form("files/upload").getByRole("button", { name: "Upload" }).click();
  await expect(page.getByText("The connection was cut. Trying again.")).toBeVisible({ timeout: 60_000 });
  await context.setOffline(false);
  await page.reload();
  await expect(page.getByText("photographs.zip was cut off.")).toBeVisible();
  await axe(page);
  await portal.scripts();
  const asked = page.waitForRequest((request) => request.method() === "PATCH");
  await portal.field("files/upload", "file").setInputFiles(file);
  await portal.form("files/upload").getByRole("button", { name: "Upload" }).click();
  expect(Number((await asked).headers()["upload-offset"]), "it goes on where it stopped").toBeGreaterThan(16_000_000);
  const kept = page.locator("li.upload").filter({ hasText: "photographs.zip" });
  await expect(kept).toContainText(`sha256 ${sha256.slice(0, 12)}`, { timeout: 90_000 });
});

test("by the keyboard alone an upload that was cut off goes on, too", async ({ page, catalogue, context }, info) => {
  test.setTimeout(240_000);
  const dataset = "allotments-keys-cut";
  await new Api(catalogue).draftVersion(dataset, ROWS);
  const file = info.outputPath("plans.zip");
  const sha256 = await writeArchive(file, 80);
  await signInByKeys(page, "editor@example.org");
  await page.goto(`/admin/datasets/${dataset}/editions/2026/versions/1`);
  const portal = new Portal(page);
  const upload = async () => {
    await portal.scripts();
    const chooser = page.waitForEvent("filechooser");
    await press(page, portal.field("files/upload", "file"));
    await (await chooser).setFiles(file);
    await press(page, portal.form("files/upload").getByRole("button", { name: "Upload" }));
  };
  let parts = 0;
  page.on("request", (request) => {
    if (request.method() === "PATCH" && ++parts === 3) void context.setOffline(true);
  });
  await upload();
  await expect(page.getByText("The connection was cut. Trying again.")).toBeVisible({ timeout: 60_000 });
  await context.setOffline(false);
  await page.reload();
  await expect(page.getByText("plans.zip was cut off.")).toBeVisible();
  const asked = page.waitForRequest((request) => request.method() === "PATCH");
  await upload();
  expect(Number((await asked).headers()["upload-offset"]), "it goes on where it stopped").toBeGreaterThan(16_000_000);
  const kept = page.locator("li.upload").filter({ hasText: "plans.zip" });
  await expect(kept).toContainText(`sha256 ${sha256.slice(0, 12)}`, { timeout: 120_000 });
});

test("a draft is shown to nobody but who typed it, and secrets are never kept", async ({ page, catalogue }) => {
  const { id } = await new Api(catalogue).bundleIn("ready_for_review");
  await signIn(page, "approver@example.org");
  await page.goto(`/admin/bundles/${id}`);
  const portal = new Portal(page);
  await portal.scripts();
  await portal.field("bundles/comment", "text").fill("Mine alone");
  const old = "draft:by-name:nobody:/admin/of-nobody";
  await page.evaluate((name) => localStorage.setItem(name, JSON.stringify([{ at: 0, base: { text: "" }, now: { text: "Old" }, sent: false }])), old);
  // The session ends without a sign-out, and somebody else sits down.
  await signIn(page, "editor@example.org");
  await page.goto(`/admin/bundles/${id}`);
  await portal.scripts();
  await expect(page.getByRole("button", { name: "Take it back" })).toHaveCount(0);
  expect(await page.evaluate((name) => localStorage.getItem(name), old), "what is old is swept").toBeNull();
  await page.goto("/account");
  await portal.scripts();
  const password = page.locator("input[type=password]").first();
  await password.evaluate((field: HTMLInputElement) => (field.closest("details") ?? field.form)?.setAttribute("open", ""));
  await password.fill("never to be kept");
  expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain("never to be kept");
  await signIn(page, "approver@example.org");
  await page.goto(`/admin/bundles/${id}`);
  await page.getByRole("button", { name: "Take it back" }).click();
  await expect(portal.field("bundles/comment", "text")).toHaveValue("Mine alone");
  await page.locator('.site-header form[action="/rpc/account/sign-out"] button').click();
  await expect(page).not.toHaveURL(/\/admin\//);
  expect(await page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith("draft:")))).toEqual([]);
});

test("the end of a session is told once, and trouble of the server is no end", async ({ page }) => {
  await page.clock.install();
  await signIn(page, "approver@example.org");
  await page.goto("/account");
  const dialog = page.getByRole("dialog", { name: "Your session ends soon" });
  await page.clock.runFor("59:00");
  await expect(dialog).toBeVisible();
  await axe(page);
  await page.keyboard.press("Escape");
  await page.clock.runFor("00:20");
  await expect(dialog, "what was closed stays closed").toBeHidden();
  await page.route("**/account", (route) => route.fulfill({ status: 503, body: "busy" }));
  await page.locator(".kept").getByRole("button", { name: "Stay signed in" }).click();
  await expect(page.getByRole("dialog", { name: "The server does not answer" })).toBeVisible();
  await page.unroute("**/account");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("dialog")).toBeHidden();
  // However much it is used, it ends at last; that is told well ahead.
  await page.evaluate(() => localStorage.setItem("session-over", JSON.stringify(Date.now() + 600_000)));
  await page.clock.runFor("00:06");
  await expect(page.getByRole("dialog", { name: /^Your session ends at \d\d:\d\d$/ })).toBeVisible();
  await page.getByRole("button", { name: "I know" }).click();
  await page.clock.runFor("00:20");
  await expect(page.getByRole("dialog")).toBeHidden();
  await page.context().clearCookies();
  await page.evaluate(() => localStorage.setItem("session-over", JSON.stringify(Date.now())));
  await page.clock.runFor("00:06");
  await expect(page.getByRole("dialog", { name: "Your session has ended" })).toBeVisible();
  await page.getByRole("button", { name: "I have signed in" }).click();
  await expect(page.getByRole("dialog", { name: "Your session has ended" })).toBeVisible();
});

test("an upload outlives the end of the session, and leaves no false draft", async ({ page, catalogue }, info) => {
  const api = new Api(catalogue);
  const dataset = "allotments-signed-out";
  await api.draftVersion(dataset, ROWS);
  const file = info.outputPath("later.csv");
  await writeFile(file, ROWS);
  await signIn(page, "editor@example.org");
  await page.goto(`/admin/datasets/${dataset}/editions/2026/versions/1`);
  const portal = new Portal(page);
  await portal.scripts();
  let answer = 401;
  await page.route("**/v1/files/uploads/*", async (route) => {
    if (route.request().method() === "PATCH" && answer !== 0) {
      await route.fulfill({ status: answer, json: { error: { message: "no" } } });
      answer = answer === 401 ? 503 : 0;
    } else await route.continue();
  });
  await portal.field("files/upload", "title").fill("Told later");
  await portal.field("files/upload", "file").setInputFiles(file);
  await portal.form("files/upload").getByRole("button", { name: "Upload" }).click();
  await expect(page.getByText("Sign in again in another tab, and this goes on by itself.")).toBeVisible();
  await expect(page.locator("li.upload").filter({ hasText: "later.csv" })).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole("button", { name: "Take it back" })).toHaveCount(0);
  await expect(page.getByText("was cut off")).toHaveCount(0);
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("a view is kept under a name, and bundles are moved several at once", async ({ page, catalogue }) => {
    const { id } = await new Api(catalogue).bundleIn("scheduled");
    const portal = new Portal(page);
    await signIn(page, "approver@example.org");
    await page.goto("/admin/bundles?state=scheduled");
    await page.locator("summary", { hasText: "Save this view" }).click();
    await portal.fill("saved-views/save", { name: "What comes out" });
    await portal.send("saved-views/save");
    await portal.says("The view What comes out was saved.");
    const views = page.getByRole("navigation", { name: "Saved views" });
    await page.goto("/admin/bundles");
    await views.getByRole("link", { name: "What comes out" }).click();
    await expect(page).toHaveURL(/\?state=scheduled$/);
    await page.locator(`input[name="chosen"][value="${id}"]`).check();
    await page.getByRole("button", { name: "Move those that are ticked" }).click();
    await page.getByLabel("How").selectOption("by");
    await page.getByLabel("Or days later").fill("700");
    await page.getByRole("button", { name: "See what happens" }).click();
    await expect(page.getByText("Give a whole number between -400 and 400.")).toBeVisible();
    await page.getByLabel("Or days later").fill("7");
    await page.getByRole("button", { name: "See what happens" }).click();
    await expect(page.getByText(/^Moves to /)).toHaveCount(1);
    await portal.send("bundles/reschedule");
    await expect(page.locator(".error-summary")).toContainText("so that no bundle moves by a slip");
    await portal.fill("bundles/reschedule", { reason: "More checks are needed.", confirmation: "move 1" });
    await portal.send("bundles/reschedule");
    await portal.says("1 of 1 bundles were moved.");
    await page.goto("/admin/bundles?state=scheduled");
    await views.locator("summary", { hasText: "Delete" }).click();
    await portal.send("saved-views/delete");
    await portal.says("The view What comes out was deleted.");
  });

  test("the layouts, the queue and the plan are plain pages", async ({ page, catalogue }) => {
    const { id } = await new Api(catalogue).bundleIn("approved");
    await signIn(page, "approver@example.org");
    await page.goto("/admin/bundles");
    await page.getByRole("navigation", { name: "Layout" }).getByRole("link", { name: "Calendar" }).click();
    await page.getByRole("navigation", { name: "Months" }).getByRole("link").first().click();
    await expect(page).toHaveURL(/view=calendar&month=\d{4}-\d{2}/);
    await page.goto(`/admin/bundles/${id}/schedule`);
    await page.getByRole("navigation", { name: "Weeks" }).getByRole("link", { name: "Week after" }).click();
    await expect(page).toHaveURL(/date=\d{4}-\d{2}-\d{2}/);
    await page.goto("/admin/review?show=bundles");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Review");
  });
});

test("the list of datasets fits its frame on a desk, however long titles and names are", async ({ page, catalogue }) => {
  const id = "allotments-let-by-every-kind-of-council-and-by-parishes-with-an-allotment-authority-of-their-own";
  await new Api(catalogue).send("POST", "/v1/datasets", {
    id,
    title: "Allotments let by councils of every kind, with those that parishes let, by size, by rent, by how long people wait for one, and Unbreakableallotmentwordsofmanyplaces",
    department: "environment",
    description: "How many allotments each council lets.",
    next_release: "To be announced once the figures of all parishes have arrived and were checked",
  });
  await signIn(page, "editor@example.org");
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(`/admin/datasets?q=${id}`);
  const frame = page.locator(".table-scroll").first();
  await expect(frame.getByRole("checkbox")).toHaveCount(1);
  expect(await frame.evaluate((table) => table.scrollWidth - table.clientWidth)).toBe(0);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
});
