import type { FullResult, Reporter, TestCase, TestResult } from "@playwright/test/reporter";

/** How many lines of an error are told. */
const LINES = 12;
/** Colours of a terminal. */
const COLOURS = /\u001b\[[0-9;]*m/g;

/** Tells last of all what failed and why, in few lines: whoever reads the end of a long record has it. */
export default class Short implements Reporter {
  private readonly failed: string[] = [];

  onTestEnd(test: TestCase, result: TestResult): void {
    if (result.status === test.expectedStatus || result.status === "skipped") return;
    const where = `${test.location.file.split("/").at(-1)}:${test.location.line} ${test.title}`;
    const errors = result.errors.map((error) => {
      const at = error.location ? ` (line ${error.location.line})` : "";
      const lines = (error.message ?? "").replace(COLOURS, "").split("\n").filter((line) => line.trim() !== "");
      return lines.slice(0, LINES).map((line, index) => `    ${line}${index === 0 ? at : ""}`).join("\n");
    });
    this.failed.push([`  ${where}: ${result.status} after ${Math.round(result.duration / 1000)} s`, ...errors].join("\n"));
  }

  onEnd(result: FullResult): void {
    if (this.failed.length > 0) console.log(`What failed, if only once (${result.status} in all):\n${this.failed.join("\n")}`);
  }
}
