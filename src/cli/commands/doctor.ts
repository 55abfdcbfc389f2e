/** `modeltrail doctor`: what works here, what does not, and what to do about it. */
import { existsSync } from "node:fs";
import { toJson } from "../../domain/json";
import type { Finding } from "../../space/repair/repair";
import { locateRoot } from "../../store/locate";
import { type Check, runChecks } from "../checks";
import { oneLine, print, type Style, styled } from "../print";

const MARKS: Record<Check["status"], [mark: string, style: Style]> = {
  ok: ["ok", "green"],
  warning: ["warning", "yellow"],
  error: ["error", "red"],
};

export interface DoctorOptions {
  json?: boolean;
  /** Put right what can be put right. */
  repair?: boolean;
}

/** Ends with exit code 1 when something that recording needs does not work, or something was found to be lost. */
export async function doctorCommand(options: DoctorOptions): Promise<void> {
  const findings = options.repair ? await repair() : undefined;
  const checks = await runChecks(process.cwd());
  if (options.json) print(toJson(findings ? { repairs: findings, checks } : checks, 2));
  else {
    for (const finding of findings ?? []) print(describeFinding(finding));
    if (findings?.length === 0) print("Nothing had to be repaired.");
    for (const check of checks) print(describe(check));
  }
  const isLost = findings?.some(({ outcome }) => outcome === "lost") ?? false;
  if (isLost || checks.some(({ status }) => status === "error")) process.exitCode = 1;
}

async function repair(): Promise<Finding[]> {
  const { root, folder } = locateRoot(process.cwd());
  if (!existsSync(folder)) return [];
  const [{ repairStore }, { settleRuns }] = await Promise.all([
    import("../../space/repair/repair"),
    import("../../recorder/recover"),
  ]);
  const onStep = (step: string) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${step}…\r`);
  };
  return await repairStore(root, folder, { settle: settleRuns, onStep });
}

function describeFinding({ part, outcome, message }: Finding): string {
  const mark = styled(outcome.padEnd(8), outcome === "lost" ? "red" : "green");
  return `${mark}  ${part.padEnd(8)}  ${oneLine(message)}`;
}

function describe({ name, status, message, advice }: Check): string {
  const [mark, style] = MARKS[status];
  const line = `${styled(mark.padEnd(7), style)}  ${name.padEnd(14)}  ${message}`;
  return advice ? `${line}\n${" ".repeat(25)}${advice}` : line;
}
