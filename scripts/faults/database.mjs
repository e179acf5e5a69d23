// PostgreSQL that goes away around an instant.
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { now, pause, until } from "../program.mjs";
import { trial } from "./trial.mjs";
import { run, sql } from "./world.mjs";

// The folder of the PostgreSQL that this run started for itself, and how it was started.
export async function server() {
  const folder = (await sql("SHOW data_directory"))[0][0];
  return { folder, command: (await readFile(`${folder}/postmaster.opts`, "utf8")).trim() };
}

const pidOf = async ({ folder }) => (await readFile(`${folder}/postmaster.pid`, "utf8").catch(() => "")).split("\n")[0];
const runs = (pid) => run("kill", ["-0", pid]).then(() => true, () => false);
const answers = () => sql("SELECT 1").then(() => true, () => false);

async function stop(own) {
  const pid = await pidOf(own);
  if (pid === "") throw new Error("PostgreSQL does not run");
  process.kill(Number(pid), "SIGQUIT");
  await until(async () => !(await runs(pid)), 10000);
}

// PostgreSQL refuses root: the name that it goes by then.
function owner() {
  const { POSTGRES_AS } = process.env;
  if (POSTGRES_AS) return POSTGRES_AS.split(" ");
  return process.getuid() === 0 ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] : [];
}

// Starts it as it was started before, once it has ended, unless it came back by itself; tells when it takes connections again.
export async function start(own) {
  const ended = async () => {
    const pid = await pidOf(own);
    return pid === "" || !(await runs(pid));
  };
  await until(async () => (await ended()) || (await answers()), 30000);
  if (await ended()) {
    const [file, ...rest] = [...owner(), "bash", "-c", `exec ${own.command}`];
    spawn(file, rest, { stdio: "ignore", detached: true, cwd: "/" }).unref();
  }
  if (!(await until(answers, 60000))) throw new Error("PostgreSQL does not start");
  return now();
}

export async function stopped() {
  const own = await server();
  await trial("PostgreSQL stopped at once from 200 ms before the instant to 1 s after", "stopped", {
    fault: async ({ at }) => {
      await pause(at - 200 - now());
      await stop(own);
      await pause(at + 1000 - now());
      return start(own);
    },
  });
}

// Every connection cut just then, again and again: what was committed stays, what was not is done again.
export async function terminated() {
  const cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database() AND application_name <> 'psql'";
  await trial("every connection to PostgreSQL cut at the instant", "terminated", {
    fault: async ({ at }) => {
      // About as long as it takes until the statement is there.
      await pause(at - 40 - now());
      await Promise.all([0, 20, 40, 60, 80].map((wait) => pause(wait).then(() => sql(cut))));
      return now();
    },
  });
}
