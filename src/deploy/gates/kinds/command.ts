/** Any command: it passes when it ends with 0. */
import path from "node:path";
import { UserError } from "../../../domain/errors";
import { formatCommand, formatDuration } from "../../../domain/format";
import { maskArguments, maskText } from "../../../domain/secrets";
import { splitWords } from "../../../protocol/words";
import { failed, type Gate, passed } from "../gate";
import { programEnvironment } from "../programEnvironment";
import { lastLines, runProgram } from "../runProgram";
import { LONGEST_PROGRAM } from "../timeouts";

export const commandGate: Gate<"command"> = async (settings, context) => {
  const argv = typeof settings.command === "string" ? splitWords(settings.command) : settings.command;
  if (argv.length === 0) throw new UserError("The gate's `command` is empty.");
  const cwd = path.resolve(context.root, settings.cwd ?? ".");
  const { env } = await programEnvironment(context);
  const timeout = settings.time === undefined ? LONGEST_PROGRAM : settings.time * 1_000;
  const shown = formatCommand(maskArguments(argv));
  const result = await runProgram(argv, { cwd, env, timeout, signal: context.signal });
  const output = maskText(result.output);
  const last = lastLines(output);
  const { exitCode, signal, timedOut, startError } = result;
  if (startError !== null) {
    throw new UserError(`${shown} could not be started in ${cwd} (${startError}). Correct \`command\` or \`cwd\`.`);
  }
  const detail = { command: shown, exitCode, signal, output: output.slice(-8_000) };
  const said = last === "" ? "it printed nothing" : `it said: ${last}`;
  if (timedOut) return failed(`${shown} took longer than ${formatDuration(timeout)} and was ended; ${said}`, detail);
  if (exitCode !== 0) return failed(`${shown} ended with ${exitCode ?? signal}; ${said}`, detail);
  return passed(last === "" ? `${shown} ended with 0` : `${shown} ended with 0: ${last}`, detail);
};
