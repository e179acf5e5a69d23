import { defineConfig } from "@playwright/test";
import journeys from "./playwright.config.ts";

/** Pictures of every page template, in the browser of the journeys; scripts/screenshots.sh runs it. */
export default defineConfig({
  ...journeys,
  testDir: "pictures",
  reporter: [["list"]],
  use: { ...journeys.use, trace: "off", screenshot: "off" },
});
