// Builds, serves, watches and begins again. Called by dev.sh, which sets DATA_DIR, DEMO and CATALOGUE_BIN.
import { spawn } from "node:child_process";
import { existsSync, readdirSync, watch } from "node:fs";

const WATCHED = ["app", "frontend/src", "migrations", "public", "seeds", "server", "style", "Cargo.toml"];
const ASSETS_ONLY = /^(public|style)\//;
const SETTLE_MS = 150;
const binary = process.env.CATALOGUE_BIN;

let server = null;
let working = false;
const changed = new Set(["Cargo.toml"]);

function run(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: "inherit" });
    child.on("error", () => resolve(false));
    child.on("exit", (code) => resolve(code === 0));
  });
}

function stop() {
  return new Promise((resolve) => {
    if (server === null || server.exitCode !== null || server.signalCode !== null) return resolve();
    server.once("exit", resolve);
    server.kill("SIGTERM");
  });
}

async function rebuild(files) {
  if (!(await run("scripts/assets.sh", ["--dev"]))) return;
  // The development program reads its assets from the folder at every request.
  if (server !== null && files.every((file) => ASSETS_ONLY.test(file))) return;
  if (!(await run("cargo", ["build", "-p", "server", "--bin", "catalogue"]))) return;
  await stop();
  const empty = !existsSync(process.env.DATA_DIR) || readdirSync(process.env.DATA_DIR).length === 0;
  if (empty && !(await run(binary, ["seed"]))) return;
  server = spawn(binary, ["serve"], { stdio: "inherit" });
}

async function work() {
  if (working) return;
  working = true;
  while (changed.size > 0) {
    const files = [...changed];
    changed.clear();
    await rebuild(files);
  }
  working = false;
  console.log("==> Waiting for changes");
}

let timer = null;
for (const place of WATCHED.filter((name) => existsSync(name))) {
  watch(place, { recursive: true }, (_, file) => {
    changed.add(file === null ? place : `${place}/${file}`);
    clearTimeout(timer);
    timer = setTimeout(work, SETTLE_MS);
  });
}
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => stop().then(() => process.exit(0)));
work();
