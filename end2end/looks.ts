import { execFileSync } from "node:child_process";
import { expect, type Page } from "@playwright/test";
import { ROOT } from "./server.ts";

/** One way of looking at a page. */
export interface Look {
  /** What it is called in pictures and failures. */
  name: string;
  /** Pixels of the window. */
  width: number;
  height: number;
  colorScheme: "light" | "dark";
  /** Whether the reader's own colours are forced on the page. */
  forced?: boolean;
  /** The rules of axe that are asked in this look; all of them where there are none. */
  rules?: string[];
}

/** The rules for which the width matters; the others look at what no style changes. */
const OF_SIZE = ["target-size", "scrollable-region-focusable"];

/** The rules for which colours matter. */
const OF_COLOUR = ["color-contrast", "link-in-text-block"];

/** The windows: the narrowest that has to do, a tablet, a desk. */
const WINDOWS = [
  { width: 320, height: 720 },
  { width: 768, height: 1024 },
  { width: 1280, height: 900 },
];

/** The choices of colours; what a look in light asks by all rules the others ask again only where colours or widths change the answer. */
const COLOURS: Omit<Look, "width" | "height">[] = [
  { name: "light", colorScheme: "light" },
  { name: "dark", colorScheme: "dark", rules: [...OF_COLOUR, ...OF_SIZE] },
  { name: "forced colours", colorScheme: "light", forced: true, rules: OF_SIZE },
];

/** Whether every page is looked at in every way (`make axe`) instead of in some by turns. */
export const EVERY = process.env.AXE === "all";

/** The number of the commit, so that each looks at every page in other looks than the one before; `AXE_TURN` asks a run's again. */
function commit(): number {
  const asked = process.env.AXE_TURN;
  if (asked !== undefined && !/^\d+$/.test(asked)) throw new Error(`AXE_TURN is no number: ${asked}`);
  if (asked !== undefined) return Number(asked);
  try {
    return Number(execFileSync("git", ["rev-list", "--count", "HEAD"], { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
  } catch {
    // A copy without a history looks at the same each time.
    return 0;
  }
}

/** Whose turn it is in this run. */
export const TURN = commit();

/** Every width in every choice of colours, each by all rules. */
export const MATRIX: Look[] = COLOURS.flatMap((colours) =>
  WINDOWS.map((size) => ({ ...colours, ...size, name: `${colours.name}, ${size.width} px`, rules: undefined })),
);

/**
 * The looks of the page with this place in its list: every width once and every choice of colours once, in pairs that change
 * from page to page and from turn to turn, so that three pages in a row, and each page in three turns, are looked at in all nine
 * and by all rules in each width.
 */
export function inTurn(place: number, turn = TURN): Look[] {
  return COLOURS.flatMap((colours, choice) =>
    WINDOWS.filter((_, at) => at === (place + turn + choice) % WINDOWS.length).map((size) => ({
      ...colours,
      ...size,
      name: `${colours.name}, ${size.width} px`,
    })),
  );
}

/** The one look of the page with this place in its list, by all rules; nine pages in a row, and each page in nine turns, in all. */
export function oneInTurn(place: number, turn = TURN): Look[] {
  return MATRIX.filter((_, at) => at === (place + turn) % MATRIX.length);
}

/** The rules of axe that say nothing in this look: of forced colours the contrast is the reader's own choice, and axe reads those of the page in their place. */
export function silent(look: Look): string[] {
  return look.forced === true ? OF_COLOUR : [];
}

/** What pictures are taken in. */
export const PICTURED: Look[] = [
  { name: "light", width: 1440, height: 900, colorScheme: "light" },
  { name: "dark", width: 1440, height: 900, colorScheme: "dark" },
  { name: "tablet", width: 768, height: 1024, colorScheme: "light" },
  { name: "phone", width: 375, height: 812, colorScheme: "light" },
  { name: "phone-dark", width: 375, height: 812, colorScheme: "dark" },
];

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

/** Gives the window this look, and waits until the page has followed. */
export async function put(page: Page, look: Look): Promise<void> {
  await page.setViewportSize({ width: look.width, height: look.height });
  await page.emulateMedia({ colorScheme: look.colorScheme, forcedColors: look.forced ? "active" : "none", reducedMotion: "reduce" });
  if (look.forced !== true) await expect.poll(() => lightness(page)).toBe(look.colorScheme);
}

/** How many pixels the page is wider than its window. */
export async function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** By how many pixels the page is wider than which windows; those of these looks are left out, where that was asked already. */
export async function unfit(page: Page, without: Look[] = []): Promise<string[]> {
  const told: string[] = [];
  for (const size of WINDOWS.filter(({ width }) => !without.some((look) => look.width === width))) {
    await page.setViewportSize(size);
    const wide = await overflow(page);
    if (wide > 0) told.push(`${wide} px wider than a window of ${size.width} px`);
  }
  return told;
}

/** How many pixels the page is wider than a desk's window where its text is twice as large; the page stays so. */
export async function overflowOfLargeText(page: Page): Promise<number> {
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
  return overflow(page);
}

/** The first elements that move although the reader asked for less motion, by their tags and classes. */
export async function moving(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const longest = (times: string) => Math.max(...times.split(",").map((time) => parseFloat(time) || 0));
    const moves = (element: Element, part?: string) => {
      const style = getComputedStyle(element, part);
      return longest(style.transitionDuration) > 0.001 || longest(style.animationDuration) > 0.001;
    };
    const found = [...document.querySelectorAll("body, body *")].filter((element) => [undefined, "::before", "::after"].some((part) => moves(element, part)));
    const told = found.slice(0, 5).map((element) => `${element.tagName.toLowerCase()}.${element.getAttribute("class") ?? ""}`);
    return getComputedStyle(document.documentElement).scrollBehavior === "smooth" ? ["html scrolls smoothly", ...told] : told;
  });
}
