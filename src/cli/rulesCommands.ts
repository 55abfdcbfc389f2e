/** The commands about rules for output lines, as the command line has them. */
import type { Command } from "commander";

export function addRulesCommands(program: Command): void {
  const rules = program.command("rules").summary("rules that find metrics in what runs print");
  rules
    .command("test <log>")
    .summary("show what the rules find in a run's log, or in a file")
    .description(
      "Shows line by line which metrics the rules find, with value and step: the built-in ones and those of modeltrail.yaml. LOG is a run, or a file.",
    )
    .option("--rule <pattern>", "try this pattern in place of the rules of modeltrail.yaml")
    .option("--name <name>", "with --rule: the metric, {group} standing for a group (default: the group `name`)")
    .option("--limit <count>", "how many lines to show at the most", "1000")
    .option("--json", "as a JSON object")
    .action(async (log: string, options) => (await import("./commands/rulesTest")).rulesTestCommand(log, options));
}
