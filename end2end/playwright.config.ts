import { defineConfig } from "@playwright/test";

/** The journeys in Debian's Chromium, two at a time, each over a copy of one seeded folder. */
export default defineConfig({
  testDir: "journeys",
  globalSetup: "./seeded.ts",
  outputDir: "results",
  fullyParallel: false,
  workers: 2,
  forbidOnly: process.env.CI !== undefined,
  // One journey in many that met a machine at a bad moment does not stop all else; it is told at the end all the same.
  retries: process.env.CI === undefined ? 0 : 1,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"], ["html", { open: "never", outputFolder: "report" }], ["./short.ts"]],
  use: {
    browserName: "chromium",
    locale: "en-GB",
    timezoneId: "Europe/London",
    trace: { mode: "retain-on-failure", screenshots: false },
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
      args: [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
