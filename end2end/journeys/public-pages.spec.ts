import type { Page } from "@playwright/test";
import { Api } from "../api.ts";
import { axe, expect, signIn, test } from "../fixtures.ts";
import { Portal } from "../pages/portal.ts";

const dataset = "/catalogue/under-five-mortality";
test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("a reader finds a dataset by its letter, sees what changed, and compares versions", async ({ page }) => {
    await page.goto("/");
    await page.getByRole("contentinfo").getByRole("link", { name: "All datasets, A to Z" }).click();
    await page.getByRole("navigation", { name: "First letter" }).getByRole("link", { name: /^D/ }).click();
    await page.getByRole("link", { name: /deaths of children under five/i }).first().click();
    const changes = page.locator("#changes");
    await expect(changes.getByRole("heading", { level: 2 })).toHaveText("What changed since last time");
    await changes.getByRole("link", { name: "See every change" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Compare versions");
    await page.getByLabel("From").selectOption("1");
    await page.getByRole("button", { name: "Compare" }).click();
    await expect(page).toHaveURL(/from=1&to=2/);
    await expect(page.getByRole("heading", { name: "The figures", exact: true })).toBeVisible();
  });

  test("a version that was corrected says so, and an edition's address stays in its edition", async ({ page, catalogue }) => {
    const carbon = "/catalogue/atmospheric-carbon-dioxide/editions/annual-global";
    const why = "The figure of 2019 was that of 2018.";
    await new Api(catalogue).send("POST", `/v1${carbon.replace("catalogue", "datasets")}/versions/2/alerts`, {
      type: "correction",
      description: why,
    });
    await page.goto(`${carbon}/versions/2`);
    await expect(page.getByRole("main")).toContainText(why);
    await expect(page.getByText(/A newer version, number 3, was released on/)).toBeVisible();
    await page.goto("/corrections");
    await expect(page.getByRole("main")).toContainText(why);
    await page.goto(carbon);
    await expect(page.locator(".page-title__caption")).toContainText("version 3");
    await page.locator("#versions").getByRole("link", { name: "Version 1", exact: true }).click();
    await expect(page).toHaveURL(`${carbon}/versions/1`);
    await page.getByRole("link", { name: "See the latest version" }).click();
    await expect(page).not.toHaveURL(/versions\/1$/);
    await expect(page.locator(".page-title__caption")).toContainText("version 3");
  });

  test("a reader puts datasets on a list, which is an address to send on", async ({ page }) => {
    await page.goto(dataset);
    await page.getByRole("link", { name: "Begin a list with this dataset" }).click();
    await page.getByRole("main").getByRole("searchbox").fill("carbon dioxide");
    await page.getByRole("main").getByRole("button", { name: "Search" }).click();
    await page.getByRole("link", { name: /^Add ?: Carbon dioxide in the atmosphere/ }).click();
    await expect(page).toHaveURL(/dataset=under-five-mortality&dataset=atmospheric-carbon-dioxide$/);
    await expect(page.locator("#list-cite li")).toHaveCount(2);
    await page.getByRole("link", { name: /^Take off ?: .*under five/i }).click();
    await expect(page.locator("#list-cite li")).toHaveCount(1);
  });

  test("a reader says that a page was of use, and that another was not", async ({ page }) => {
    for (const [answer, chosen] of [[/^Yes/, "This page was of use"], [/^No ?:/, "This page was of no use"]] as const) {
      await page.goto(dataset);
      await page.getByRole("contentinfo").getByRole("link", { name: answer }).click();
      await expect(page.getByRole("radio", { name: chosen })).toBeChecked();
      await page.getByRole("button", { name: "Send" }).click();
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("Thank you");
    }
  });

  test("a reader tells the office something", async ({ page }) => {
    await page.goto(dataset);
    await page.getByRole("link", { name: /Tell us/ }).click();
    await expect(page.getByText("/catalogue/under-five-mortality")).toBeVisible();
    await page.getByLabel("E-mail address, if you want an answer").fill("nobody");
    await page.getByRole("button", { name: "Send" }).click();
    await expect(page.getByRole("alert")).toContainText("Give an e-mail address");
    await page.getByLabel("E-mail address, if you want an answer").fill("");
    await page.getByLabel("What would you like to tell us?").fill("The chart is clear.");
    await page.getByLabel("Something could be better").check();
    await page.getByRole("button", { name: "Send" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Thank you");
  });
});

test("nobody is asked about cookies, since nothing is kept and nothing comes from elsewhere", async ({ page, context, catalogue }) => {
  const elsewhere: string[] = [];
  context.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol.startsWith("http") && origin !== catalogue.url) elsewhere.push(request.url());
  });
  await page.goto("/");
  await page.getByRole("contentinfo").getByRole("link", { name: "Cookies", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Cookies");
  await expect(page.getByRole("main")).toContainText("there is nothing to agree to");
  for (const path of ["/search?q=inflation", dataset, `${dataset}/editions/time-series/versions/2/explore`, "/releases", "/cy"]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    expect(await page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)]), path).toEqual([]);
  }
  expect(await context.cookies()).toEqual([]);
  expect(elsewhere).toEqual([]);
});

/** What a browser reads in a feed: its kind, or why it is none, how many entries it has, and where the first leads. */
async function read(page: Page, text: string): Promise<{ kind: string; entries: number; first: string }> {
  return page.evaluate((text) => {
    const feed = new DOMParser().parseFromString(text, "application/xml");
    const broken = feed.querySelector("parsererror")?.textContent;
    const link = feed.querySelector("entry > link, item > link");
    const first = link?.getAttribute("href") ?? link?.textContent ?? "";
    return { kind: broken ?? feed.documentElement.localName, entries: feed.querySelectorAll("entry, item").length, first };
  }, text);
}

test("the feeds that the site lists are feeds, and lead back to its pages", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("contentinfo").getByRole("link", { name: "Feeds", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Feeds");
  await page.waitForLoadState();
  const links = await page.getByRole("main").locator(".ledger a").all();
  const listed = await Promise.all(links.map(async (link) => (await link.getAttribute("href")) ?? ""));
  expect(listed).toEqual(expect.arrayContaining(["/search/feed.atom", "/search/feed.rss", "/releases.ics", "/corrections.atom"]));
  await page.goto(dataset);
  for (const type of ["application/atom+xml", "application/rss+xml"]) {
    listed.push((await page.locator(`link[rel="alternate"][type="${type}"]`).getAttribute("href")) ?? "");
  }
  for (const address of listed) {
    const answer = await page.request.get(address);
    expect(answer.status(), address).toBe(200);
    const text = await answer.text();
    if (address.endsWith(".ics")) {
      expect(answer.headers()["content-type"], address).toContain("text/calendar");
      expect(text, address).toMatch(/^BEGIN:VCALENDAR\r\n/);
      continue;
    }
    const isAtom = address.endsWith(".atom");
    expect(answer.headers()["content-type"], address).toContain(isAtom ? "application/atom+xml" : "application/rss+xml");
    const { kind, entries, first } = await read(page, text);
    expect(kind, address).toBe(isAtom ? "feed" : "rss");
    if (!address.includes("/feed.")) continue;
    expect(entries, address).toBeGreaterThan(0);
    expect((await page.request.get(first)).status(), `${address} leads to ${first}`).toBe(200);
  }
});

test("colours that a reader chose hold before anything of the module has come", async ({ page }) => {
  await page.emulateMedia({ colorScheme: "light" });
  // A module that is never ready.
  const body = "export default () => new Promise(() => undefined);";
  await page.route("**/pkg/*.js", (route) => route.fulfill({ contentType: "text/javascript", body }));
  const root = page.locator("html");
  for (const [kept, shown] of [["dark", "dark"], ["light", "light"], ["system", null], ["odd", null]] as const) {
    await page.goto("/topics");
    await page.evaluate((theme) => localStorage.setItem("theme", theme), kept);
    await page.reload();
    expect(await root.getAttribute("data-theme"), kept).toBe(shown);
    const dark = kept === "dark" ? "dark" : "light";
    await expect.poll(() => root.evaluate((element) => getComputedStyle(element).colorScheme), kept).toContain(dark);
  }
});

/** The headings and links on a page that name something of the catalogue. */
const NAMES = "main h1, main .result__title a, main .ledger__what > a, main .topic-card__title";

/** Asserts that these titles are marked as English wherever they stand as a name on the page; tells how often they do. */
async function marksEnglish(page: Page, titles: readonly string[]): Promise<number> {
  const names = await page.locator(NAMES).evaluateAll((found) =>
    found.map((name) => {
      const marked = name.querySelector("[lang]") ?? name.closest("[lang]");
      return { words: name.textContent?.trim() ?? "", lang: marked?.getAttribute("lang") };
    }),
  );
  const english = names.filter(({ words }) => titles.some((title) => words.includes(title)));
  for (const { words, lang } of english) expect(lang, `${page.url()}: “${words}” is in English`).toBe("en");
  return english.length;
}

test("Welsh pages mark what is in English, and say so where they are about it", async ({ page, catalogue }) => {
  const api = new Api(catalogue);
  const [id, release] = ["potting-sheds", `sheds-${Date.now()}`];
  // The demonstration data is in both languages throughout; these are not.
  const [title, figures] = ["Allotments let by councils", "Figures of potting sheds"];
  await api.draftVersion(id, "Year,Sheds\n2024,12\n2025,14\n");
  await api.send("PUT", `/v1/datasets/${id}/editions/2026/versions/1/submit`, {});
  await signIn(page, "approver@example.org");
  await page.goto(`/admin/datasets/${id}/editions/2026/versions/1`);
  await new Portal(page).send("versions/approve");
  const bundle = await api.send<{ id: string }>("POST", "/v1/bundles", { title: "Potting sheds", type: "manual" });
  await api.send("POST", `/v1/bundles/${bundle.id}/contents`, { dataset_id: id, edition: "2026", version: "1" });
  await api.send("PUT", `/v1/bundles/${bundle.id}/submit`, {});
  await page.goto(`/admin/bundles/${bundle.id}`);
  await new Portal(page).approveBundle();
  await page.context().clearCookies();
  await api.send("POST", `/v1/bundles/${bundle.id}/publish`, { reason: "A manual release" });
  await expect.poll(async () => (await page.goto(`/cy/catalogue/${id}`))?.status()).toBe(200);
  const date = new Date(Date.now() + 30 * 24 * 60 * 60 * 1000).toISOString();
  await api.send("POST", "/v1/releases", { id: release, title: figures, release_date: date });
  await api.send("PUT", `/v1/releases/${release}/announce`);

  // Lists and the home page: marks are enough. The index learns of a dataset a moment after it is public.
  const found = page.locator(".result__title a", { hasText: title });
  await expect
    .poll(async () => {
      await page.goto("/cy/search?q=allotments");
      return found.count();
    })
    .toBeGreaterThan(0);
  for (const path of ["/cy", "/cy/search?q=allotments", "/cy/search?q=prisiau", "/cy/catalogue", "/cy/releases", "/cy/topics"]) {
    await page.goto(path);
    const english = await marksEnglish(page, [title, figures]);
    if (/allotments|catalogue|releases/.test(path)) expect(english, path).toBeGreaterThan(0);
    await axe(page);
  }

  // Pages about it have the notice, too.
  const version = `/cy/catalogue/${id}/editions/2026/versions/1`;
  for (const path of [`/cy/catalogue/${id}`, version, `${version}/explore`, `/cy/catalogue/${id}/quality`, `/cy/releases/${release}`]) {
    await page.goto(path);
    expect(await marksEnglish(page, [title, figures]), path).toBeGreaterThan(0);
    await expect(page.getByRole("complementary", { name: "Yn Saesneg" }), path).toBeVisible();
    await axe(page);
  }

  // What was written in Welsh is neither marked nor excused.
  for (const path of ["/cy/catalogue/monthly-rainfall", "/cy/releases/energy-prices-monthly", "/cy/topics/economy"]) {
    await page.goto(path);
    await expect(page.locator("main h1")).not.toHaveAttribute("lang");
    await expect(page.getByRole("complementary", { name: "Yn Saesneg" }), path).toHaveCount(0);
  }
});

test("on paper a page keeps its figures and their origin, and nothing that can only be pressed", async ({ page }) => {
  const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.goto(dataset);
  await expect(page.getByRole("navigation", { name: "Main" })).toBeVisible();
  const dark = await background();
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  for (const pressed of [".site-nav", ".site-header__search", ".breadcrumbs", ".toc", "main .button"]) {
    expect(await page.locator(pressed).count(), pressed).toBeGreaterThan(0);
    for (const one of await page.locator(pressed).all()) await expect(one, pressed).toBeHidden();
  }
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.locator("#table table").first()).toBeVisible();
  await expect(page.locator("#chart .chart__svg").filter({ visible: true }).first()).toBeVisible();
  // Paper is white whatever the screen was, a table is not cut off where it would scroll, and a link says where it leads.
  expect(dark).not.toBe("rgb(255, 255, 255)");
  expect(await background()).toBe("rgb(255, 255, 255)");
  await expect(page.locator("#table .table-scroll").first()).toHaveCSS("overflow-x", "visible");
  const licence = page.locator("main a[rel=license]").first();
  expect(await licence.evaluate((link) => getComputedStyle(link, "::after").content)).toContain("(");

  await page.goto(`${dataset}/editions/time-series/versions/2/explore`);
  for (const pressed of [".facets", ".explore__draw"]) await expect(page.locator(pressed)).toBeHidden();
  await expect(page.locator(".explore__table table")).toBeVisible();
});
