// Publishes early by hand and takes away what should stay: the verdicts have to find both, or they could never fail.
import { now, pause } from "../program.mjs";
import { count, judged } from "./trial.mjs";
import { anybody, sql } from "./world.mjs";

export async function broken() {
  const found = await judged("broken", {
    count: 1,
    ahead: 2500,
    fault: async ({ at, made }) => {
      await anybody("POST", `${made[0].path}/publish`, { reason: "To see that it is found" });
      await pause(at - now());
      await sql(`DELETE FROM outbox WHERE bundle_id = '${made[0].id}'`);
      return now();
    },
  });
  console.log(`a bundle published early by hand, its outbox emptied: found ${found.early} early answers and ${found.lost} lost rows, as it has to be`);
  if (found.early === 0) count("an early publication was not found");
  if (found.lost === 0) count("lost rows were not found");
}
