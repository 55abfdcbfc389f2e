/** The command about gates, as the command line has it. */
import { type Command, Option } from "commander";

const collect = (value: string, earlier: string[] = []) => [...earlier, value];

export function addGateCommands(program: Command): void {
  program
    .command("gates <model>")
    .summary("run the gates of modeltrail.yaml on a version of a model")
    .description(
      "Runs the gates of modeltrail.yaml on a version of a model, and keeps what they find. Ends with 1 when the version does not pass. MODEL is a name (its champion, else its newest version), name@alias or name/version.",
    )
    .option("--only <gate>", "only this gate; can be given several times", collect)
    .addOption(
      new Option("--step <step>", "only gates that are asked for before this step").choices(["promote", "deploy"]),
    )
    .option("--trust", "let the model run the code that its file contains")
    .option("--json", "as a JSON array")
    .action(async (model: string, options) => (await import("./commands/gates")).gatesCommand(model, options));
}
