/** The commands about deployments, as the command line has them. */
import { type Command, Option } from "commander";

export function addDeployCommands(program: Command): void {
  program
    .command("deploy <model>")
    .summary("serve a model: check it, try it, let it take the requests, or leave all as it was")
    .description(
      "Serves MODEL (NAME, NAME/VERSION or NAME@ALIAS; NAME alone is its champion, or else its newest version): runs its gates, makes its bundle, checks that it runs there, starts it beside what is served, sends it its sample, and only then gives it the requests. When a step fails, what was served before goes on.",
    )
    .requiredOption("--to <name>", "a deployment or a target of modeltrail.yaml, or local")
    .option("--as <name>", "the deployment's name (default: after the model)")
    .addOption(
      new Option("--role <role>", "what it does there")
        .choices(["champion", "challenger", "shadow"])
        .default("champion"),
    )
    .option("--percent <share>", "of the requests for a challenger (default: 10), or copied to a shadow (default: 100)")
    .option("--override <reason>", "deploy it though gates fail; the reason goes into the audit log")
    .option("--trust", "the model's file may run code here, which reading some formats does; asked once per source")
    .option("--no-load", "leave the load test of modeltrail.yaml out")
    .option("--manifest [file]", "print or write what a cluster would be told to serve it, and deploy nothing")
    .option("--workflow [file]", "write a workflow for GitHub that deploys it from a repository, and deploy nothing")
    .option("--json", "each step, and the end, as a line of JSON")
    .action(async (model: string, options) => (await import("./commands/deploy")).deployCommand(model, options));

  const deployments = program
    .command("deployments")
    .summary("list what is served, change its traffic, go back, stop it");

  deployments
    .command("list", { isDefault: true })
    .summary("list deployments as their targets say that they are")
    .option("--json", "as a JSON array")
    .action(async (options) => (await import("./commands/deployments")).deploymentsCommand(options));

  deployments
    .command("show <name>")
    .summary("show one with its history")
    .option("--json", "as a JSON object")
    .action(async (name: string, options) =>
      (await import("./commands/deployments")).showDeploymentCommand(name, options),
    );

  deployments
    .command("rollback <name>")
    .summary("serve again what was served before")
    .option("--to <version>", "this version alone, as it was served (default: what was served before)")
    .option("--change <id>", "what this change of the history served")
    .option("--json", "each step, and the end, as a line of JSON")
    .action(async (name: string, options) =>
      (await import("./commands/deploymentChange")).rollbackCommand(name, options),
    );

  deployments
    .command("traffic <name>")
    .summary("share the requests otherwise between champion and challenger")
    .option("--percent <share>", "what the challenger gets")
    .option("--promote", "the challenger becomes the champion")
    .option("--stop <version>", "the challenger or shadow of this version is stopped")
    .option("--json", "each step, and the end, as a line of JSON")
    .action(async (name: string, options) =>
      (await import("./commands/deploymentChange")).trafficCommand(name, options),
    );

  deployments
    .command("start <name>")
    .summary("bring up again what is down, such as after the machine was started anew")
    .option("--json", "each step, and the end, as a line of JSON")
    .action(async (name: string, options) => (await import("./commands/deploymentChange")).startCommand(name, options));

  deployments
    .command("undeploy <name>")
    .summary("serve nothing any more; the history stays")
    .option("--forget", "also when the target does not answer: what is left there is not cleaned up")
    .option("--json", "each step, and the end, as a line of JSON")
    .action(async (name: string, options) =>
      (await import("./commands/deploymentChange")).undeployCommand(name, options),
    );

  deployments
    .command("remove <name>")
    .summary("remove an undeployed one with its history and its log of predictions")
    .action(async (name: string) => (await import("./commands/deploymentChange")).removeDeploymentCommand(name));

  deployments
    .command("log <name>")
    .summary("print what its processes printed")
    .option("--lines <count>", "how many lines", "100")
    .action(async (name: string, options) =>
      (await import("./commands/deployments")).deploymentLogCommand(name, options),
    );

  deployments
    .command("try <name>")
    .summary("send a request, by default the sample, and print the answer")
    .option("--input <file>", "the JSON body of the request; - for standard input")
    .action(async (name: string, options) => (await import("./commands/deploymentTry")).tryCommand(name, options));

  deployments
    .command("request <name>")
    .summary("print how to ask it with the sample: by curl, or in Python")
    .option("--python", "in Python")
    .action(async (name: string, options) => (await import("./commands/deploymentTry")).requestCommand(name, options));

  deployments
    .command("token <name>")
    .summary("print the token that callers show")
    .action(async (name: string) => (await import("./commands/deploymentTry")).tokenCommand(name));
}
