/** Where the command begins. A plain `run` goes straight to the recorder: people wait for their own command then. */
import { plainRun } from "./plainRun";
import { report } from "./report";

async function main(): Promise<number | undefined> {
  const run = plainRun(process.argv.slice(2));
  if (!run) return (await import("./program")).runProgram();
  try {
    return await (await import("./commands/run")).runCommand(run.options, run.command);
  } catch (error) {
    return report(error);
  }
}

void main().then((code) => {
  if (code !== undefined) process.exitCode = code;
});
