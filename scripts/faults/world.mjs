// The catalogue that faults happen to: its callers, its rows, and its node. Everything comes from the environment (world.sh).
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { node } from "../program.mjs";
import { approvedBundle, approvedVersion, caller, newDataset } from "../workflow.mjs";

const { PROGRAM, PUBLIC_URL, DATABASE_URL, EDITOR_TOKEN, APPROVER_TOKEN, SERVICE_AUTH_TOKEN } = process.env;
export const url = PUBLIC_URL;
export const programFile = PROGRAM;
export const onPostgres = DATABASE_URL.startsWith("postgres");
export const databaseName = onPostgres ? "postgresql" : "sqlite";
export const editor = caller(url, EDITOR_TOKEN);
export const approver = caller(url, APPROVER_TOKEN);
export const anybody = caller(url, SERVICE_AUTH_TOKEN);
/** How many datasets each bundle holds. */
export const DATASETS = 3;

export const run = promisify(execFile);
const SQLITE = `import sqlite3, sys
database = sqlite3.connect(sys.argv[1], timeout=60)
rows = database.execute(sys.argv[2]).fetchall()
database.commit()
for row in rows: print(*row, sep="\\t")`;

// The rows that a statement gives, beside the program: [[text, …], …].
export async function sql(statement) {
  const [tool, ...given] = onPostgres
    ? ["psql", "-qAtX", "-F", "\t", "-v", "ON_ERROR_STOP=1", DATABASE_URL, "-c", statement]
    : ["python3", "-c", SQLITE, DATABASE_URL.slice("sqlite://".length), statement];
  const { stdout } = await run(tool, given, { maxBuffer: 1 << 28 });
  return stdout.split("\n").filter(Boolean).map((line) => line.split("\t"));
}

export const one = async (statement) => Number((await sql(statement))[0]?.[0] ?? 0);

// The program that is done harm; `through` changes how it is started, and settings come over those of the environment.
export const program = (settings = {}, through = []) => node([...through, PROGRAM], url, settings);

// Approved bundles of new datasets: [{ path, id, ids }].
export async function newBundles(name, count) {
  const made = [];
  for (let number = 1; number <= count; number += 1) {
    const ids = Array.from({ length: DATASETS }, (_, i) => `${name}-${number}-${i + 1}`);
    const contents = [];
    for (const id of ids) {
      await newDataset(editor, id);
      contents.push(await approvedVersion(editor, approver, id, "time-series"));
    }
    const path = await approvedBundle(editor, approver, `${name} ${number}`, contents);
    made.push({ path, id: path.split("/").pop(), ids });
  }
  return made;
}
