import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { BOTH_ROLES, PASSWORD, ROOT, SEEDED, binary } from "./server.ts";

/** Seeds a folder once for the whole run; every server starts on a copy of it. */
export default async function seeded(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "catalogue-seeded-"));
  const env = { ...process.env, DATA_DIR: folder, DEMO: "true", DEMO_PASSWORD: PASSWORD };
  const run = async (...words: string[]) =>
    promisify(execFile)(binary(), words, { cwd: ROOT, env, maxBuffer: 64 * 1024 * 1024 });
  const tidy = async () => rm(folder, { recursive: true, force: true });
  try {
    // The node's name would hold that of this machine, which pictures must not show.
    await writeFile(join(folder, "node"), "catalogue-1");
    await run("seed");
    await run(
      ...["user", "create", BOTH_ROLES, "--name", "Gwen Parry", "--password", PASSWORD],
      ...["--role", "editor", "--role", "approver"],
    );
  } catch (error) {
    await tidy();
    throw error;
  }
  process.env[SEEDED] = folder;
  return tidy;
}
