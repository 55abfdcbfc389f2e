/** The commands about models of the registry and the audit log, as the command line has them. */
import type { Command } from "commander";

const collect = (value: string, earlier: string[] = []) => [...earlier, value];

export function addModelCommands(program: Command): void {
  const models = program
    .command("models")
    .summary("the registry: versions of models, from the run to the champion")
    .addHelpText("after", "\nMODEL is a name (its champion, else its newest version), name@alias or name/version.");

  models
    .command("ls", { isDefault: true })
    .summary("list models")
    .option("--json", "as a JSON array")
    .action(async (options) => (await import("./commands/modelsShow")).listModelsCommand(options));

  models
    .command("versions <name>")
    .summary("list the versions of a model, newest first")
    .option("--limit <count>", "how many at the most", "50")
    .option("--json", "as a JSON array")
    .action(async (name: string, options) =>
      (await import("./commands/modelsShow")).listVersionsCommand(name, options),
    );

  models
    .command("show <model>")
    .summary("show a version: where it came from, what gates found, where it is served")
    .option("--json", "as a JSON object")
    .action(async (model: string, options) => (await import("./commands/modelsShow")).showModelCommand(model, options));

  models
    .command("register <run>")
    .summary("make a version of a model that a run wrote or logged")
    .description(
      "Makes a version of a model of the RUN. Its files are kept for as long as the version is there. A model that was registered before is not registered again; it gets the description, tags and aliases given.",
    )
    .option("--artifact <path>", "which of its models (default: the best; --list shows them)")
    .option("--name <name>", "the model's name (default: after the run's experiment)")
    .option("--description <text>", "what is special about it")
    .option("--tag <key=value>", "a tag; can be given several times", collect)
    .option("--alias <alias>", "an alias for it; can be given several times", collect)
    .option(
      "--override <reason>",
      "make it champion by --alias without asking gates; the reason is kept in the audit log",
    )
    .option("--list", "only list what can be registered")
    .option("--json", "as a JSON object")
    .action(async (run: string, options) => (await import("./commands/modelsChange")).registerCommand(run, options));

  models
    .command("promote <model>")
    .summary("make a version the champion, when gates let it")
    .option("--alias <alias>", "another alias to give", "champion")
    .option("--reason <text>", "why")
    .option("--override <reason>", "promote it although a gate holds it back; the reason is kept in the audit log")
    .option("--trust", "the model's file may run code here, which reading some formats does; asked once per source")
    .option("--json", "as a JSON object")
    .action(async (model: string, options) =>
      (await import("./commands/modelsPromote")).promoteCommand(model, options),
    );

  models
    .command("demote <name>")
    .summary("give the alias back to the version that had it before")
    .option("--alias <alias>", "which", "champion")
    .option("--reason <text>", "why")
    .option("--json", "as a JSON object")
    .action(async (name: string, options) => (await import("./commands/modelsChange")).demoteCommand(name, options));

  models
    .command("archive <model>")
    .summary("put a version away: it keeps its files and loses its aliases")
    .requiredOption("--reason <text>", "why")
    .option("--even-deployed", "although it is served")
    .action(async (model: string, options) => (await import("./commands/modelsChange")).archiveCommand(model, options));

  models
    .command("unarchive <model>")
    .summary("take an archived version back")
    .option("--reason <text>", "why")
    .action(async (model: string, options) =>
      (await import("./commands/modelsChange")).unarchiveCommand(model, options),
    );

  models
    .command("alias <model> <aliases...>")
    .summary("give aliases to a version; with --remove take them from the model")
    .option("--remove", "take them away")
    .option("--override <reason>", "give the alias champion without asking gates; the reason is kept in the audit log")
    .action(async (model: string, aliases: string[], options) =>
      (await import("./commands/modelsChange")).aliasCommand(model, aliases, options),
    );

  models
    .command("tag <model> <tags...>")
    .summary("set tags of a version as key=value; key= removes one")
    .action(async (model: string, tags: string[]) =>
      (await import("./commands/modelsChange")).tagModelCommand(model, tags),
    );

  models
    .command("describe <model> <text>")
    .summary("describe a model by its name, or a version")
    .action(async (model: string, text: string) =>
      (await import("./commands/modelsChange")).describeCommand(model, text),
    );

  models
    .command("rm <model>")
    .summary("delete a version with its files; with --all the model with all of them")
    .option("--all", "all versions of the model")
    .option("--reason <text>", "why")
    .action(async (model: string, options) =>
      (await import("./commands/modelsChange")).removeModelCommand(model, options),
    );

  models
    .command("card <model>")
    .summary("write the model card: data, code, environment, metrics, gates, intended use")
    .option("--out <file>", "into this file (default: to the terminal)")
    .option("--from <file>", "take over what was filled in there")
    .option("--intended-use <text>", "fill in what it is for")
    .option("--limitations <text>", "fill in what it is not for, and where it fails")
    .action(async (model: string, options) => (await import("./commands/modelsCard")).cardCommand(model, options));

  const trust = program.command("trust").summary("whose models may run code here, which reading some formats does");

  trust
    .command("list", { isDefault: true })
    .summary("list what is trusted, newest first")
    .option("--json", "as a JSON array")
    .action(async (options) => (await import("./commands/trust")).listTrustCommand(options));

  trust
    .command("forget <source>")
    .summary("take trust back: you are asked again before such a model runs code")
    .action(async (source: string) => (await import("./commands/trust")).forgetTrustCommand(source));

  const audit = program.command("audit").summary("who did what to models and deployments, when and on what evidence");

  audit
    .command("list", { isDefault: true })
    .summary("list entries, newest first")
    .option("--subject <name>", "only of this: models/wine, models/wine/3, deployments/wine")
    .option("--action <name>", "only such entries: version.promote, or gate. for all that begin so", collect)
    .option("--limit <count>", "how many at the most", "50")
    .option("--json", "as a JSON array")
    .action(async (options) => (await import("./commands/audit")).listAuditCommand(options));

  audit
    .command("verify [file]")
    .summary("check that no entry was changed, removed, moved or slipped in; of an export when a file is given")
    .option("--head <hash>", "a hash noted earlier, which must still be in the log")
    .option("--json", "as a JSON object")
    .action(async (file: string | undefined, options) =>
      (await import("./commands/audit")).verifyAuditCommand(file, options),
    );

  audit
    .command("export <file>")
    .summary("write all entries into a file, one JSON object a line")
    .action(async (file: string) => (await import("./commands/audit")).exportAuditCommand(file));
}
