import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";
import UPNG from "upng-js";
import { ROOT } from "../server.ts";

/** The most bytes of one picture that documents show. */
const MOST = 200_000;

/** The window that these pictures show; the guide's pages reserve this much room. */
export const WINDOW = { width: 1280, height: 800 };

/**
 * Takes a picture of the window for the documents, in 256 colours, which these pages hardly exceed.
 * It goes below `target/pictures`, or over the ones in the repository where `PICTURES` says so.
 * @param file its path from the top of the repository
 */
export async function picture(page: Page, file: string): Promise<void> {
  await page.evaluate(async () => document.fonts.ready);
  const taken = await page.screenshot({ animations: "disabled", caret: "hide" });
  const image = UPNG.decode(new Uint8Array(taken).buffer);
  const small = Buffer.from(UPNG.encode(UPNG.toRGBA8(image), image.width, image.height, 256));
  expect(small.length, `${file} is small enough for a page`).toBeLessThan(MOST);
  const path = process.env.PICTURES === "renew" ? join(ROOT, file) : join(ROOT, "target", "pictures", file);
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, small);
}
