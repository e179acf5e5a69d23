import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The password of every seeded person in these tests. */
export const PASSWORD = "a-password-for-browser-tests";

/** Somebody who may both edit and approve. */
export const BOTH_ROLES = "both-roles@example.org";

/** The service token that the servers know. */
export const TOKEN = "a-service-token-for-browser-tests";

/** The variable that names the seeded folder of this run. */
export const SEEDED = "CATALOGUE_SEEDED_FOLDER";

const READY_WITHIN_MS = 60_000;
const STOPPED_WITHIN_MS = 15_000;
const HERE = dirname(fileURLToPath(import.meta.url));

/** The top of the repository. */
export const ROOT = join(HERE, "..");

/** A running catalogue with the demonstration data in a folder of its own. */
export interface Catalogue {
  url: string;
  dataDir: string;
  /** What the program has written so far. */
  log(): string;
  /** Ends the program without a chance to tidy up. */
  kill(): Promise<void>;
  /** Starts it again on the same address and data. */
  start(): Promise<void>;
  /** Stops the program and removes its data. */
  close(): Promise<void>;
}

/** The program under test. */
export function binary(): string {
  const target = process.env.CARGO_TARGET_DIR ?? join(ROOT, "target");
  const path = resolve(process.env.CATALOGUE_BIN ?? join(target, "debug", "catalogue"));
  if (!existsSync(path)) throw new Error(`${path} does not exist: run make e2e, which builds it`);
  return path;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, "127.0.0.1", done));
  const { port } = probe.address() as AddressInfo;
  await new Promise((done) => probe.close(done));
  return port;
}

function ended(program: ChildProcess): boolean {
  return program.exitCode !== null || program.signalCode !== null;
}

async function stop(program: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (ended(program)) return;
  const gone = new Promise<void>((done) => program.once("exit", () => done()));
  const late = setTimeout(() => program.kill("SIGKILL"), STOPPED_WITHIN_MS);
  program.kill(signal);
  await gone;
  clearTimeout(late);
}

async function ready(url: string, program: ChildProcess, log: () => string): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    if (ended(program)) throw new Error(`the catalogue stopped while starting:\n${log()}`);
    const answer = await fetch(`${url}/health`).catch(() => null);
    if (answer?.ok) return;
    if (Date.now() > deadline) throw new Error(`the catalogue was not ready in time:\n${log()}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

/**
 * Copies the seeded folder, starts the program on a free port and waits until it answers. It listens on this machine alone, whatever it is
 * called there: browsers know passkeys at a name, not at an IP address.
 */
export async function startCatalogue(settings: Record<string, string> = {}, host = "127.0.0.1"): Promise<Catalogue> {
  const path = binary();
  const seeded = process.env[SEEDED];
  if (seeded === undefined) throw new Error(`${SEEDED} is not set: run these tests with their configuration`);
  const dataDir = await mkdtemp(join(tmpdir(), "catalogue-e2e-"));
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const url = `http://${host}:${port}`;
  const env = {
    ...process.env,
    BIND_ADDR: address,
    PUBLIC_URL: url,
    DATA_DIR: dataDir,
    DEMO: "true",
    DEMO_PASSWORD: PASSWORD,
    SERVICE_AUTH_TOKEN: TOKEN,
    ...settings,
  };
  let written = "";
  let program: ChildProcess | null = null;
  const log = () => written;
  const start = async () => {
    program = spawn(path, ["serve"], { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"] });
    program.stdout?.on("data", (bytes) => (written += String(bytes)));
    program.stderr?.on("data", (bytes) => (written += String(bytes)));
    await ready(`http://${address}`, program, log);
  };
  const end = async (signal: NodeJS.Signals) => {
    if (program !== null) await stop(program, signal);
  };
  const close = async () => {
    await end("SIGTERM");
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    await cp(seeded, dataDir, { recursive: true });
    await start();
  } catch (error) {
    await close();
    throw error;
  }
  return { url, dataDir, log, start, close, kill: () => end("SIGKILL") };
}
