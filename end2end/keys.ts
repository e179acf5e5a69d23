import { expect, type Locator, type Page } from "@playwright/test";

/** What has the focus. */
interface Stop {
  /** How many others had the focus on this page before it first had it; none where nothing has the focus. */
  place: number | null;
  /** Its tag and the first of its words. */
  words: string;
  /** Whether an outline tells that it has the focus: its own, or that of the frame around it. */
  isSeen: boolean;
}

/** More stops than any page has. */
const MOST = 500;

/** How often one field may keep the focus: a date has parts. */
const PARTS = 8;

async function stop(page: Page): Promise<Stop> {
  return page.evaluate(() => {
    const on = document.activeElement;
    if (on === null || on === document.body) return { place: null, words: "nothing", isSeen: true };
    const outlined = (element: Element | null | undefined) => {
      if (!element) return false;
      const style = getComputedStyle(element);
      return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    };
    const isSeen = [on, on.parentElement, on.parentElement?.parentElement].some(outlined);
    const marked = window as unknown as { stops?: Element[] };
    const known = (marked.stops ??= []);
    if (!known.includes(on)) known.push(on);
    const words = (on.getAttribute("aria-label") ?? on.getAttribute("name") ?? on.textContent ?? "").trim().slice(0, 60);
    return { place: known.indexOf(on), words: `${on.tagName.toLowerCase()} ${words}`, isSeen };
  });
}

/** Whether something else lies over the middle of what has the focus (WCAG 2.2, 2.4.11). */
export async function isCovered(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const on = document.activeElement;
    if (on === null || on === document.body) return false;
    const { left, top, width, height } = on.getBoundingClientRect();
    const above = document.elementFromPoint(left + width / 2, top + height / 2);
    return above !== null && !on.contains(above) && !above.contains(on);
  });
}

/** Presses Tab once; what has the focus then has to be seen to have it. */
async function tab(page: Page): Promise<Stop> {
  await page.keyboard.press("Tab");
  const here = await stop(page);
  expect(here.isSeen, `${page.url()}: nothing shows that “${here.words}” has the focus`).toBe(true);
  return here;
}

/** Presses Tab until this has the focus. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  for (let stops = 0; stops < MOST; stops++) {
    await tab(page);
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`${page.url()}: ${MOST} presses of Tab do not reach ${String(target)}`);
}

/** Presses Tab from the page's beginning until it is left: nothing keeps the focus or sends it back. Tells how many stops there were. */
export async function walk(page: Page): Promise<number> {
  const places: number[] = [];
  let kept = 0;
  for (let stops = 0; stops < MOST; stops++) {
    const { place, words } = await tab(page);
    if (place === null || (places.length > 1 && place === places[0])) return places.length;
    kept = place === places.at(-1) ? kept + 1 : 0;
    expect(kept, `${page.url()}: “${words}” keeps the focus`).toBeLessThan(PARTS);
    if (kept === 0) {
      expect(places, `${page.url()}: “${words}” has the focus for the second time`).not.toContain(place);
      places.push(place);
    }
  }
  throw new Error(`${page.url()}: ${MOST} presses of Tab do not leave the page`);
}
