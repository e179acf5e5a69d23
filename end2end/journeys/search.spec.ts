import { expect, test, violations } from "../fixtures.ts";
import { isCovered } from "../keys.ts";
import { SearchPage } from "../pages/search.ts";

const RAIN = "Monthly rainfall since 1862";

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("a mistake in spelling is understood and told", async ({ page }) => {
    const search = new SearchPage(page);
    await search.open("rianfall");
    await expect(search.result(RAIN)).toBeVisible();
    await page.locator(".did-you-mean a").click();
    await expect(page).toHaveURL(/q=rainfall/);
    await expect(search.result(RAIN)).toBeVisible();
  });

  test("Welsh words lead to the same, with their accents and without", async ({ page }) => {
    const search = new SearchPage(page);
    for (const asked of ["glawiad", "Ynys Môn", "ynys mon", "tŷ gwydr", "ty gwydr"]) {
      await page.goto(`/cy/search?q=${encodeURIComponent(asked)}`);
      await expect(page.locator(".result").first(), asked).toBeVisible();
      await expect(page.locator(".did-you-mean"), asked).toHaveCount(0);
    }
    await search.open("glawiad");
    await expect(search.result(RAIN)).toBeVisible();
  });

  test("columns, codes and fields lead to the data", async ({ page }) => {
    const search = new SearchPage(page);
    await search.open("code:W06000001");
    await expect(search.result("Census 2021: Welsh language skills")).toBeVisible();
    await search.open("W06000001");
    await expect(page.locator(".result__in-data").first()).toContainText("w06000001");
    await search.open("titel:rain");
    await expect(page.locator(".search-problem")).toContainText("titel");
    await expect(search.result(RAIN)).toBeVisible();
  });

  test("filters narrow and are taken back", async ({ page }) => {
    await page.goto("/search?q=census");
    const all = await page.locator(".result-bar__count strong").textContent();
    await page.locator('details.facet:has(input[name="geography"]) > summary').click();
    const option = page.locator(".facet__option", { has: page.locator('input[value="england-and-wales"]') });
    const promised = (await option.locator(".facet__n").textContent()) ?? "";
    await option.locator("input").check();
    await page.locator("form.facets button").click();
    await expect(page).toHaveURL(/geography=england-and-wales/);
    await expect(page.locator(".result-bar__count strong")).toContainText(promised);
    await page.locator(".chip").click();
    await expect(page.locator(".result-bar__count strong")).toHaveText(all ?? "");
  });

  test("nothing found leads on", async ({ page }) => {
    const search = new SearchPage(page);
    await search.open('title:methane "carbon dioxide"');
    await expect(page.locator(".empty-state")).toContainText("methane carbon dioxide");
    await page.goto("/search?q=rainfall&years=1999");
    await page.locator(".empty-state ul a").first().click();
    await expect(search.result(RAIN)).toBeVisible();
  });

  test("the list can be taken along", async ({ page, request }) => {
    await page.goto("/search?q=census&topics=census");
    const href = (await page.locator(".take-along a").first().getAttribute("href")) ?? "";
    const answer = await request.get(href);
    expect(answer.status()).toBe(200);
    expect(answer.headers()["content-type"]).toContain("text/csv");
    const lines = (await answer.text()).trim().split("\r\n");
    const count = (await page.locator(".result-bar__count strong").textContent()) ?? "";
    expect(lines.length - 1).toBe(Number.parseInt(count, 10));
  });
});

const ADDRESSES = [
  "/search?q=census",
  "/search?q=W06000001&geography=england-and-wales",
  "/search?q=titel:rain",
  "/search?q=qqqzz",
  "/cy/search?q=chwyddiant",
];

for (const address of ADDRESSES) {
  for (const width of [320, 1280]) {
    test(`${address} is accessible at ${width} px`, async ({ page }) => {
      await page.setViewportSize({ width, height: 900 });
      await page.goto(address);
      expect(await violations(page)).toEqual([]);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow).toBeLessThanOrEqual(0);
    });
  }
}

test("the search field offers topics beside datasets while somebody types", async ({ page }) => {
  await page.goto("/");
  const field = page.locator("#q-home");
  await field.click();
  const topic = page.locator("#q-home-list").getByRole("option", { name: /Unemployment Topic/ });
  await expect(async () => {
    await field.fill("");
    await field.pressSequentially("unemp");
    await expect(topic).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await field.press("ArrowUp");
  const offered = await page.locator("#q-home-list").getByRole("option").count();
  for (let i = 0; i < offered && (await topic.getAttribute("aria-selected")) !== "true"; i++) await field.press("ArrowUp");
  await expect(topic).toHaveAttribute("aria-selected", "true");
  await field.press("Enter");
  await expect(page).toHaveURL(/\/topics\/unemployment$/);
});

test("what the search field offers goes with the focus and covers nothing that has it", async ({ page }) => {
  await page.goto("/");
  const field = page.locator("#q-home");
  const list = page.locator("#q-home-list");
  const offered = async () => {
    await field.fill("");
    await field.pressSequentially("unemp");
    await expect(list.getByRole("option").first()).toBeVisible({ timeout: 2_000 });
  };
  // Until the module is there, nothing is offered.
  await expect(offered).toPass();
  for (let stops = 0; stops < 3; stops++) {
    await page.keyboard.press("Tab");
    await expect(list).toBeHidden();
    await expect(field).not.toBeFocused();
    expect(await isCovered(page)).toBe(false);
  }
  await offered();
  await page.keyboard.press("Escape");
  await expect(list).toBeHidden();
  await expect(field).toBeFocused();

  // An answer that comes after the reader has gone on opens nothing.
  let answer = () => {};
  const gone = new Promise<void>((done) => (answer = done));
  await page.route("**/rpc/catalogue/suggest*", async (route) => {
    await gone;
    await route.continue();
  });
  const late = page.waitForResponse(/suggest.*unempl/);
  await field.fill("unempl");
  await page.keyboard.press("Tab");
  answer();
  await (await late).finished();
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  await expect(list).toBeHidden();

  // The pointer finds what is offered still there.
  await page.unroute("**/rpc/catalogue/suggest*");
  await offered();
  await list.getByRole("option", { name: /Unemployment Topic/ }).locator("a").click();
  await expect(page).toHaveURL(/\/topics\/unemployment$/);
});
