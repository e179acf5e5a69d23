import { Api } from "../api.ts";
import { expect, signIn, test, violations } from "../fixtures.ts";
import type { Page } from "@playwright/test";

const PUBLIC = [
  "/",
  "/search",
  "/search?q=inflation&topics=housing",
  "/search?q=qqqqzzzz",
  "/topics",
  "/topics/economy",
  "/catalogue/cpih-selected-months",
  "/catalogue/cpih-selected-months/editions/time-series/versions/1",
  "/catalogue/cpih-selected-months/editions/time-series/versions/1/explore",
  "/catalogue/air-passengers-and-freight",
  "/cy",
  "/cy/search?q=prisiau",
  "/cy/catalogue/cpih-selected-months",
  "/catalogue/no-such-dataset",
  "/about",
  "/accessibility",
  "/account/sign-in",
  "/account/forgotten",
  "/account/reset",
  "/releases",
  "/cy/releases",
  "/subscribe",
  "/subscribe?dataset=cpih-selected-months",
  "/cy/subscribe?topic=economy",
  "/subscribe/sent",
  "/subscribe/confirm",
  "/cy/subscribe/confirmed",
  "/subscribe/manage",
  "/subscribe/ended",
  "/publication-log",
  "/cy/publication-log",
  "/developers",
];

const PORTAL = [
  "/admin",
  "/admin/datasets",
  "/admin/datasets/new",
  "/admin/datasets/cpih-selected-months",
  "/admin/datasets/road-traffic-death-rate/editions/time-series/versions/3",
  "/admin/datasets/road-traffic-death-rate/editions/time-series/versions/3?tab=all",
  "/admin/bundles",
  "/admin/bundles?q=qqqqzzzz",
  "/admin/bundles?view=board",
  "/admin/bundles?view=calendar",
  "/admin/bundles/new",
  "/admin/queue",
  "/account",
];

const OPERATIONS = ["/ops/alerts", "/ops/alerts?state=resolved&severity=p1", "/ops/runbook"];

const STATES = ["created", "in_progress", "ready_for_review", "approved", "scheduled", "published", "failed"];

test.use({ contextOptions: { reducedMotion: "reduce" } });
test.setTimeout(120_000);

/** Whether the page's text is dark on light or light on dark, as drawn. */
async function lightness(page: Page): Promise<string> {
  return page.evaluate(() => {
    const canvas = document.createElement("canvas").getContext("2d");
    if (canvas === null) return "unknown";
    canvas.fillStyle = getComputedStyle(document.body).color;
    canvas.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0] = canvas.getImageData(0, 0, 1, 1).data;
    return red + green + blue > 384 ? "dark" : "light";
  });
}

/** Looks at every address in light and dark; everything found on any of them is told at once. */
async function look(page: Page, addresses: string[]): Promise<void> {
  const found: Record<string, string[]> = {};
  for (const address of addresses) {
    await page.goto(address);
    await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await expect.poll(() => lightness(page)).toBe(colorScheme);
      const told = await violations(page);
      if (told.length > 0) found[`${address} (${colorScheme})`] = told;
    }
  }
  expect(found).toEqual({});
}

test("axe finds what is wrong where something is", async ({ page }) => {
  await page.goto("/about");
  await page.evaluate(() => document.querySelector("main")?.append(document.createElement("input")));
  expect((await violations(page)).join()).toContain("label");
});

test("axe finds nothing on the public pages", async ({ page }) => {
  await look(page, PUBLIC);
});

test("axe finds nothing on the portal's pages", async ({ page }) => {
  await signIn(page, "editor@example.org");
  await look(page, PORTAL);
});

test("axe finds nothing on the pages of alerts and incidents", async ({ page }) => {
  await signIn(page, "operator@example.org");
  await look(page, OPERATIONS);
});

test("axe finds nothing on a bundle in any state", async ({ page, catalogue }) => {
  const api = new Api(catalogue);
  const bundles = await Promise.all(STATES.map((state) => api.bundleIn(state)));
  await signIn(page, "admin@example.org");
  await look(page, bundles.flatMap(({ id }) => ["", "/publication", "/approve", "/preview", "/schedule"].map((part) => `/admin/bundles/${id}${part}`)));
});

test("axe finds nothing on the public pages of a phone", async ({ page }) => {
  await page.setViewportSize({ width: 375, height: 720 });
  await look(page, ["/", "/search?q=inflation", "/catalogue/cpih-selected-months", "/account/sign-in"]);
});

/** Whether what has the focus lies wholly behind a header or bar that stays (WCAG 2.2, 2.4.11). */
async function isHidden(page: Page): Promise<string | null> {
  return page.evaluate(() => {
    const focused = document.activeElement;
    if (focused === null || focused === document.body) return null;
    const place = focused.getBoundingClientRect();
    for (const cover of document.querySelectorAll(".object-header, .object-header__actions")) {
      const stays = ["sticky", "fixed"].includes(getComputedStyle(cover).position);
      const over = cover.getBoundingClientRect();
      const covered = place.top >= over.top && place.bottom <= over.bottom && place.left >= over.left && place.right <= over.right;
      if (stays && covered && !cover.contains(focused)) return `${focused.outerHTML.slice(0, 120)} behind ${cover.className}`;
    }
    return null;
  });
}

test("what has the focus is not hidden behind a header or a phone's bar", async ({ page, catalogue }) => {
  const { id } = await new Api(catalogue).bundleIn("ready_for_review");
  await signIn(page, "admin@example.org");
  for (const size of [{ width: 375, height: 640 }, { width: 1280, height: 640 }]) {
    await page.setViewportSize(size);
    await page.goto(`/admin/bundles/${id}`);
    for (const key of ["Tab", "Shift+Tab"]) {
      for (let step = 0; step < 70; step += 1) {
        await page.keyboard.press(key);
        expect(await isHidden(page)).toBeNull();
      }
    }
  }
});
