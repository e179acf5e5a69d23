import { expect, type Page } from "@playwright/test";

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

/**
 * Wide and light, the narrowest and dark, a tablet with forced colours: each width and each choice of colours at least once.
 * The contrast of forced colours is the reader's own choice, and axe reads those of the page in their place.
 */
export const CHECKED: Look[] = [
  { name: "light", width: 1280, height: 900, colorScheme: "light" },
  { name: "dark", width: 320, height: 720, colorScheme: "dark", rules: ["color-contrast", "link-in-text-block", ...OF_SIZE] },
  { name: "forced colours", width: 768, height: 1024, colorScheme: "light", forced: true, rules: OF_SIZE },
];

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
