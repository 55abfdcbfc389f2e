/** `modeltrail targets check NAME [-- COMMAND…]` */
import { UserError } from "../../domain/errors";
import { toJson } from "../../domain/json";
import { LOCAL } from "../../domain/localTarget";
import { locateRoot } from "../../store/locate";
import { checkTarget } from "../../targets/checks/checkTarget";
import { jobTargetSettings } from "../../targets/registry";
import { oneLine, print, styled } from "../print";

/** Ends with 1 when something would keep the command from running. */
export async function checkTargetCommand(
  name: string,
  command: string[],
  options: { gpus: string; json?: boolean },
): Promise<void> {
  const gpus = Number(options.gpus);
  if (!Number.isInteger(gpus) || gpus < 0) throw new UserError(`"${options.gpus}" is no number of GPUs.`);
  const cwd = process.cwd();
  const { root } = locateRoot(cwd);
  if (name !== LOCAL) await jobTargetSettings(root, name);
  const interrupted = new AbortController();
  const problems = await checkTarget(name, { root, command, cwd, env: process.env, gpus, signal: interrupted.signal });
  if (options.json) print(toJson(problems, 2));
  else if (problems.length === 0) print(`${styled("ok", "green")}  nothing keeps it from running on ${oneLine(name)}`);
  for (const { severity, message } of options.json ? [] : problems) {
    print(`${styled(severity, severity === "error" ? "red" : "yellow")}  ${oneLine(message)}`);
  }
  if (problems.some(({ severity }) => severity === "error")) process.exitCode = 1;
}
