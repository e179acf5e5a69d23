// The running program and what the public sees of it, for the scripts that do it harm.
import { spawn } from "node:child_process";

export const now = () => performance.timeOrigin + performance.now();
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));

// Waits until the condition holds, a while at most; whether it does.
export async function until(condition, longest, every = 5) {
  const deadline = now() + longest;
  while (!(await condition())) {
    if (now() > deadline) return false;
    await pause(every);
  }
  return true;
}

// One node of the program, with these settings over those of the environment.
export function node(command, url, settings = {}) {
  let child;
  const ended = () => child.exitCode !== null || child.signalCode !== null;
  return {
    launch() {
      const [file, ...rest] = [command].flat();
      child = spawn(file, [...rest, "serve"], { stdio: ["ignore", process.env.LOG_LEVEL === "off" ? "ignore" : "inherit", "inherit"], env: { ...process.env, ...settings } });
    },
    // Launches it, and tells when it answered first.
    async start() {
      this.launch();
      const own = child;
      const deadline = now() + 60000;
      for (;;) {
        if (own.exitCode !== null || now() > deadline) throw new Error("the program does not start");
        const answer = await fetch(`${url}/health`).catch(() => null);
        await answer?.arrayBuffer();
        if (answer?.ok) return now();
        await pause(5);
      }
    },
    async end(signal = "SIGTERM") {
      if (ended()) throw new Error("the program ended by itself");
      const over = new Promise((resolve) => child.once("exit", resolve));
      child.kill(signal);
      await over;
    },
    kill() {
      return this.end("SIGKILL");
    },
    signal(name) {
      child.kill(name);
    },
    get pid() {
      return child.pid;
    },
  };
}

// How many of these datasets the public sees: asked again and again, while nothing answers too, until told to stop.
export async function watch(url, ids, told, every = 1) {
  const path = `${url}/v1/datasets?id=${ids.join(",")}`;
  while (!told.stop) {
    const began = now();
    const answer = await fetch(path, { signal: AbortSignal.timeout(20000) }).catch(() => null);
    const count = answer?.ok ? (await answer.json().catch(() => null))?.total_count : undefined;
    if (!answer?.ok) await answer?.arrayBuffer().catch(() => null);
    if (count !== undefined) told.seen.push({ began, ended: now(), count });
    await pause(answer === null ? 5 : every);
  }
}

// What the looks of `watch` say of a bundle of this many datasets that is due at an instant; `back`: when all was well again.
export function judge(seen, size, at, back) {
  const whole = seen.filter((look) => look.count === size);
  const first = Math.min(...whole.map((look) => look.ended));
  const again = whole.filter((look) => look.began >= back);
  return {
    early: seen.filter((look) => look.count > 0 && look.ended < at).length,
    half: seen.filter((look) => look.count > 0 && look.count < size).length,
    vanished: seen.filter((look) => look.began > first && look.count === 0).length,
    first,
    catchUp: Math.max(0, Math.min(...again.map((look) => look.ended)) - Math.max(at, back)),
  };
}
