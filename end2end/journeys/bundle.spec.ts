import { createHmac } from "node:crypto";
import { Api } from "../api.ts";
import { expect, signIn, test as base } from "../fixtures.ts";
import { plain, startMailServer, type MailServer } from "../mail.ts";
import { Portal, clocksGoBack, clocksGoForward, secondsAhead, ukFields } from "../pages/portal.ts";
import { startReceiver, type Call, type Receiver } from "../receiver.ts";
import { startCatalogue, type Catalogue } from "../server.ts";

const ROWS = "Year,Council,Plots\n2023,Conwy,120\n2024,Conwy,124\n2025,Conwy,131\n";
const READY = "allotments-ready";
const EARLY = "allotments-early";
const PUBLIC = `/catalogue/${READY}/editions/2026/versions/1`;
const BUNDLE = "Allotments to the second";
const BACK = "The figures of 2025 have to be looked at once more.";
const OFF = "The press office asks for another day.";
const DESK = "desk@example.org";

/** Letters and messages are sent, so the journey has its own server, with a mail server and a receiver beside it. */
const test = base.extend<{ own: Catalogue; mail: MailServer; hook: Receiver }>({
  mail: async ({}, use) => {
    const mail = await startMailServer();
    await use(mail);
    await mail.close();
  },
  hook: async ({}, use) => {
    const hook = await startReceiver();
    await use(hook);
    await hook.close();
  },
  own: async ({ mail }, use) => {
    const letters = { SMTP_URL: mail.url, MAIL_FROM: "Catalogue <catalogue@example.org>", NOTIFICATION_EMAILS: DESK };
    const own = await startCatalogue({ ...letters, WEBHOOK_ALLOW_PRIVATE: "true" });
    await use(own);
    await own.close();
  },
  baseURL: async ({ own }, use) => use(own.url),
});

/** How a message has to be signed (Standard Webhooks 1.0). */
function signature(secret: string, { headers, body }: Call): string {
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  return `v1,${createHmac("sha256", key).update(signed).digest("base64")}`;
}

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });
  test.setTimeout(120_000);

  test("a bundle takes nothing unapproved, is sent back, loses its instant, and at another one all are told", async ({ page, own, mail, hook }) => {
    const api = new Api(own);
    const portal = new Portal(page);
    const stage = page.locator(".stepper__step--current");
    const problem = page.locator(".error-summary");
    const told = { url: `${hook.url}/told`, events: ["bundle.published"] };
    const { secret } = await api.send<{ secret: string }>("POST", "/v1/webhooks", told);
    await api.submittedVersion(READY, ROWS);
    await api.submittedVersion(EARLY, ROWS);
    await signIn(page, "approver@example.org");
    await page.goto(`/admin/datasets/${READY}/editions/2026/versions/1`);
    await portal.send("versions/approve");

    await signIn(page, "editor@example.org");
    await page.goto("/admin/bundles/new");
    await portal.fill("bundles/create", { title: BUNDLE });
    await portal.send("bundles/create");
    const bundle = page.url();

    await test.step("what is not approved cannot be ticked, and is refused where its name is pasted", async () => {
      await page.getByRole("link", { name: "Add many at once" }).click();
      await page.getByLabel("Dataset or edition").fill("allotments-");
      await page.getByRole("button", { name: "Find" }).click();
      const early = page.locator(`input[value="${EARLY}/2026/1"]`);
      await expect(early).toBeDisabled();
      await expect(page.getByRole("row").filter({ has: early })).toContainText("Not approved: submitted");
      await portal.fill("bundles/add-contents", { pasted: `${EARLY}/2026/1` });
      await portal.send("bundles/add-contents");
      await expect(problem).toContainText(`Only approved versions go into a bundle; ${EARLY}/2026/1 is submitted.`);
      await expect(portal.field("bundles/add-contents", "pasted")).toHaveValue(`${EARLY}/2026/1`);
      await portal.fill("bundles/add-contents", { pasted: "" });
      await page.locator(`input[value="${READY}/2026/1"]`).check();
      await portal.send("bundles/add-contents");
      await portal.says("One version was added.");
      await portal.sendForReview();
      await portal.says("The bundle was sent for review.");
    });

    await test.step("it is sent back with a reason, which its editor reads", async () => {
      await signIn(page, "approver@example.org");
      await page.goto(`${bundle}/approve`);
      await page.locator("summary", { hasText: "Send back to the editors" }).click();
      await portal.send("bundles/reject");
      await expect(problem).toContainText("Say why, so that the editors know what to change.");
      await portal.fill("bundles/reject", { reason: BACK });
      await portal.send("bundles/reject");
      await portal.says("The bundle was sent back to its editors.");
      await expect(stage).toContainText("In progress");
      await expect(page.locator(".timeline__reason").first()).toHaveText(BACK);
      await page.getByRole("link", { name: "All of it, with what changed" }).click();
      await page.getByLabel("Words", { exact: true }).fill(BACK);
      await page.getByRole("button", { name: "Find" }).click();
      await expect(page.locator(".timeline__event")).toHaveCount(1);
      await expect(page.locator(".timeline__reason")).toHaveText(BACK);
      await signIn(page, "editor@example.org");
      await page.goto("/admin/notifications");
      const notice = page.locator(".timeline__event").filter({ hasText: BUNDLE });
      await expect(notice).toContainText("Your bundle was sent back");
      await expect(notice).toContainText(BACK);
      await notice.getByRole("link", { name: BUNDLE }).click();
      await expect(page).toHaveURL(bundle);
      await portal.sendForReview();
    });

    await test.step("in the night in which the clocks go forward an hour is not there to be chosen", async () => {
      await signIn(page, "approver@example.org");
      await page.goto(bundle);
      await portal.approveBundle();
      await portal.fill("bundles/schedule", { publication_date: clocksGoForward(), publication_time: "01:30" });
      await portal.send("bundles/schedule");
      await expect(problem).toContainText("The clocks go forward over this time. Choose one before or after.");
      await expect(portal.field("bundles/schedule", "publication_date")).toHaveValue(clocksGoForward());
      await expect(page.getByRole("timer")).toHaveCount(0);
    });

    await test.step("in the night in which the clocks go back it is asked which hour is meant", async () => {
      await portal.fill("bundles/schedule", { publication_date: clocksGoBack(), publication_time: "01:30" });
      await portal.send("bundles/schedule");
      await expect(page.getByRole("timer")).toHaveCount(0);
      await portal.field("bundles/schedule", "publication_clock").selectOption({ label: "The first, in summer time (BST)" });
      await portal.send("bundles/schedule");
      await portal.says("The bundle is scheduled.");
      await expect(page.getByRole("main")).toContainText("1:30am BST");
    });

    await test.step("the instant is taken away with a reason", async () => {
      await page.locator("summary", { hasText: "Cancel the schedule" }).click();
      await portal.send("bundles/cancel-schedule");
      await expect(problem).toContainText("Say why. The reason is kept in the history.");
      await portal.fill("bundles/cancel-schedule", { reason: OFF });
      await portal.send("bundles/cancel-schedule");
      await portal.says("The schedule is cancelled. The bundle stays approved.");
      await expect(stage).toContainText("Approved");
      await expect(page.getByRole("timer")).toHaveCount(0);
      await expect(page.locator(".timeline__reason").first()).toHaveText(OFF);
    });

    let instant = new Date(0);
    await test.step("another one is given, with the channels to tell", async () => {
      instant = secondsAhead(15);
      const { date, time } = ukFields(instant);
      await portal.fill("bundles/schedule", { publication_date: date, publication_time: time });
      for (const name of ["Email", "Webhook"]) await portal.form("bundles/schedule").getByRole("checkbox", { name }).check();
      await portal.send("bundles/schedule");
      await portal.says("The bundle is scheduled.");
    });

    await test.step("at it the bundle is public, and letters and a signed message have come", async () => {
      const status = async () => (await fetch(own.url + PUBLIC)).status;
      await expect.poll(status, { intervals: [100], timeout: 20_000 }).toBe(200);
      expect(Date.now(), "not before the instant").toBeGreaterThanOrEqual(instant.getTime());
      // The desk gets letters of what failed before, too.
      const about = () => mail.letters.map(plain).filter((letter) => letter.includes(BUNDLE));
      for (const reader of [DESK, "editor@example.org", "approver@example.org"]) {
        const letters = () => about().filter((letter) => letter.includes(`To: ${reader}`));
        await expect.poll(() => letters().length, { message: reader, timeout: 30_000 }).toBe(1);
        expect(letters()[0]).toContain(`Bundle published: ${BUNDLE} (1 version)`);
        expect(letters()[0]).toContain(own.url + PUBLIC);
      }
      await expect.poll(() => hook.calls.length, { timeout: 30_000 }).toBe(1);
      const message = { type: "bundle.published", data: { title: BUNDLE, datasets: [{ dataset_id: READY, url: own.url + PUBLIC }] } };
      expect(hook.calls.map(({ path, body }) => [path, JSON.parse(body) as unknown])).toMatchObject([["/told", message]]);
      expect(hook.calls.map(({ headers }) => headers["webhook-signature"])).toEqual(hook.calls.map((call) => signature(secret, call)));
      await expect(async () => {
        await page.goto(bundle);
        await expect(page.getByRole("main")).toContainText("Everything has been done.", { timeout: 500 });
      }).toPass({ timeout: 20_000 });
      await expect(page.locator(".banner--success").filter({ hasText: "Public" })).toBeVisible();
      expect(about(), "nobody is told twice").toHaveLength(3);
      expect(hook.calls).toHaveLength(1);
    });
  });
});
