// Judges pages of a running server by Lighthouse, as on a phone: judge.mjs ADDRESS PATH... [--closed PATH...]
// Paths after --closed are those that robots.txt keeps search engines from; they are not judged for these.
// Accessibility, good practice and search engines are asked for once and have to hold. Speed is measured, so what disturbs the
// machine disturbs it, too: of up to three tries the best counts.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";

const LEAST = 95;
const TRIES = 3;
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];

const [site, ...words] = process.argv.slice(2);
const closed = words.includes("--closed") ? words.slice(words.indexOf("--closed") + 1) : [];
const paths = words.filter((word) => word !== "--closed");
const folder = await mkdtemp(join(tmpdir(), "catalogue-lighthouse-"));
const browser = await launch({
  chromePath: process.env.CHROMIUM || "/usr/bin/chromium",
  userDataDir: folder,
  chromeFlags: ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

/** One look at a page; one that could not be recorded, as happens on a busy machine, is taken again. */
async function look(path, onlyCategories) {
  for (let tries = 1; ; tries += 1) {
    const { lhr } = await lighthouse(`${site}${path}`, { port: browser.port, output: "json", logLevel: "error", onlyCategories });
    if (!lhr.runtimeError) return lhr;
    if (tries === TRIES) throw new Error(`${path}: ${lhr.runtimeError.message}`);
  }
}

/** What one look at a page gives: the points of each category, and what cost points. */
async function judge(path, onlyCategories) {
  const lhr = await look(path, onlyCategories);
  const points = Object.fromEntries(Object.entries(lhr.categories).map(([name, { score }]) => [name, Math.round((score ?? 0) * 100)]));
  const costly = Object.values(lhr.categories).flatMap(({ id, auditRefs }) =>
    auditRefs
      .filter(({ weight }) => weight > 0)
      .map((ref) => ({ category: id, ...lhr.audits[ref.id] }))
      .filter(({ score }) => score !== null && score < 0.9),
  );
  if (process.env.LIGHTHOUSE_REPORTS) {
    await writeFile(join(process.env.LIGHTHOUSE_REPORTS, `${path.replaceAll(/[^a-z0-9]+/gi, "-") || "home"}.json`), JSON.stringify(lhr));
  }
  return { points, costly };
}

const failed = [];
try {
  console.log(`${"page".padEnd(72)} ${CATEGORIES.map((name) => name.padStart(15)).join("")}`);
  for (const path of paths) {
    const wanted = CATEGORIES.filter((name) => name !== "seo" || !closed.includes(path));
    const { points, costly } = await judge(path, wanted);
    for (let tries = 1; points.performance < LEAST && tries < TRIES; tries += 1) {
      const again = await judge(path, ["performance"]);
      points.performance = Math.max(points.performance, again.points.performance);
    }
    console.log(`${path.padEnd(72)} ${CATEGORIES.map((name) => String(points[name] ?? "-").padStart(15)).join("")}`);
    for (const { category, title, displayValue, details } of costly) {
      const where = (details?.items ?? []).slice(0, 3).map((item) => item.node?.snippet ?? item.url ?? "").filter(Boolean);
      console.log(`  ${category}: ${title}${displayValue ? `, ${displayValue}` : ""}${where.length > 0 ? `: ${where.join(" | ")}` : ""}`);
    }
    for (const name of wanted) if (points[name] < LEAST) failed.push(`${path}: ${name} ${points[name]}, wanted ${LEAST}`);
  }
} finally {
  browser.kill();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
if (failed.length > 0) {
  console.error(failed.join("\n"));
  process.exitCode = 1;
}
