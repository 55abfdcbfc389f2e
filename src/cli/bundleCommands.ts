/** The command that makes bundles, as the command line has it. */
import { type Command, Option } from "commander";

export function addBundleCommands(program: Command): void {
  program
    .command("bundle <model>")
    .summary("make a folder with all that serves a model, for this machine or a container")
    .description(
      "Makes the bundle of MODEL (NAME, NAME@ALIAS or NAME/VERSION): the model, its packages pinned, the app that serves it, what it takes, a sample with its answer, and a Dockerfile. The same version gives the same bundle.",
    )
    .option("-o, --output <folder>", "copy it to this new or empty folder")
    .option("--archive <file>", "write it as one zip file, the same bytes each time")
    .option("--mlflow <folder>", "write it as a model of MLflow's to this new or empty folder")
    .addOption(
      new Option("--check <contract>", "start it as this platform would, and ask it the sample").choices([
        ...["mlflow", "kserve", "sagemaker", "vertex", "azureml"],
      ]),
    )
    .option("--environment <which>", "for --check: project, or own for one of the bundle's packages", "project")
    .option("--python <file>", "the Python that reads the model (default: that of its run)")
    .option("--trust", "the model's file may run code here, which reading some formats does; asked once per source")
    .option("--json", "as a JSON object")
    .action(async (model: string, options) => (await import("./commands/bundle")).bundleCommand(model, options));
}
