// Bundles, packs, places and measures what browsers load. Called by assets.sh:
//   assets.mjs style|glue|glue-dev INPUT OUTPUT    bundles CSS or the module's JavaScript with esbuild
//   assets.mjs pack FOLDER                         adds .br and .gz beside every file that compresses
//   assets.mjs place SITE FOLDER=SOURCE...         makes SITE hold exactly these files, leaving equal ones untouched
//   assets.mjs measure SITE                        prints sizes and fails when one is over its budget
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join, relative } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

// The tools live beside the frontend, not beside this file.
const requireTool = createRequire(new URL("../frontend/package.json", import.meta.url));
const PACKED = new Set([".css", ".html", ".ico", ".js", ".json", ".svg", ".txt", ".wasm", ".webmanifest", ".xml"]);
const BUDGETS = [
  { name: "WASM and its JavaScript", files: ["pkg/catalogue_bg.wasm", "pkg/catalogue.js"], as: "brotli", most: 120_000 },
  { name: "CSS", files: ["assets/main.css"], as: "gzip", most: 20_000 },
];

const BUNDLES = {
  style: { external: ["/assets/*"], minify: true },
  glue: { format: "esm", minify: true, target: "es2022" },
  "glue-dev": { format: "esm" },
};

function bundle(kind, input, output) {
  const options = { ...BUNDLES[kind], entryPoints: [input], outfile: output, bundle: true, logLevel: "warning" };
  // esbuild has already said what is wrong.
  return requireTool("esbuild").build(options).catch(() => (process.exitCode = 1));
}

function filesUnder(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

function brotli(bytes) {
  return brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
}

function pack(folder) {
  for (const file of filesUnder(folder)) {
    if (!PACKED.has(extname(file))) continue;
    const bytes = readFileSync(join(folder, file));
    writeFileSync(join(folder, `${file}.br`), brotli(bytes));
    writeFileSync(join(folder, `${file}.gz`), gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION }));
  }
}

function place(site, pairs) {
  const wanted = new Map();
  for (const pair of pairs) {
    const [folder, source] = [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)];
    for (const file of filesUnder(source)) {
      const target = join(folder, file);
      if (wanted.has(target)) throw new Error(`both styles and public files are called ${target}`);
      wanted.set(target, readFileSync(join(source, file)));
    }
  }
  for (const file of filesUnder(site)) {
    if (!wanted.has(file)) rmSync(join(site, file));
  }
  for (const [file, bytes] of wanted) {
    const target = join(site, file);
    const present = statSync(target, { throwIfNoEntry: false });
    if (present?.size === bytes.length && readFileSync(target).equals(bytes)) continue;
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, bytes);
  }
}

function measure(site) {
  const sizes = new Map();
  for (const file of filesUnder(site).filter((name) => !/\.(br|gz)$/.test(name))) {
    const size = (suffix) => statSync(join(site, file + suffix), { throwIfNoEntry: false })?.size ?? null;
    sizes.set(file, { raw: size(""), gzip: size(".gz"), brotli: size(".br") });
  }
  const width = Math.max(...[...sizes.keys()].map((name) => name.length), 4);
  const cell = (value) => (value === null ? "-" : value.toLocaleString("en-GB")).padStart(11);
  const row = (name, cells) => console.log(name.padEnd(width) + cells.join(""));
  row("file", ["raw", "gzip", "brotli"].map((title) => title.padStart(11)));
  for (const [file, size] of sizes) row(file, [cell(size.raw), cell(size.gzip), cell(size.brotli)]);

  const kilobytes = (bytes) => (bytes / 1000).toFixed(1);
  let failed = false;
  for (const { name, files, as, most } of BUDGETS) {
    const missing = files.filter((file) => !sizes.has(file));
    const total = files.reduce((sum, file) => sum + (sizes.get(file)?.[as] ?? 0), 0);
    if (missing.length > 0) {
      failed = true;
      console.error(`Missing: ${missing.join(", ")}`);
    } else if (total > most) {
      failed = true;
      console.error(`Over budget: ${name} is ${kilobytes(total)} kB in ${as}, ${kilobytes(most)} kB is allowed`);
    } else {
      console.log(`${name}: ${kilobytes(total)} kB in ${as}, at most ${kilobytes(most)} kB`);
    }
  }
  process.exitCode = failed ? 1 : 0;
}

const [command, folder, ...rest] = process.argv.slice(2);
if (command in BUNDLES) await bundle(command, folder, rest[0]);
else if (command === "pack") pack(folder);
else if (command === "place") place(folder, rest);
else if (command === "measure") measure(folder);
else throw new Error("usage: assets.mjs style|glue|glue-dev|pack|place|measure FOLDER ...");
