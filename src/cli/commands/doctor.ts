/** `modeltrail doctor`: what works here, what does not, and what to do about it. */
import { toJson } from "../../domain/json";
import { type Check, runChecks } from "../checks";
import { print, type Style, styled } from "../print";

const MARKS: Record<Check["status"], [mark: string, style: Style]> = {
  ok: ["ok", "green"],
  warning: ["warning", "yellow"],
  error: ["error", "red"],
};

/** Ends with exit code 1 when something that recording needs does not work. */
export async function doctorCommand(options: { json?: boolean }): Promise<void> {
  const checks = await runChecks(process.cwd());
  if (options.json) print(toJson(checks, 2));
  else for (const check of checks) print(describe(check));
  if (checks.some(({ status }) => status === "error")) process.exitCode = 1;
}

function describe({ name, status, message, advice }: Check): string {
  const [mark, style] = MARKS[status];
  const line = `${styled(mark.padEnd(7), style)}  ${name.padEnd(14)}  ${message}`;
  return advice ? `${line}\n${" ".repeat(25)}${advice}` : line;
}
