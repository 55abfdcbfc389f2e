/** `modeltrail deploy MODEL --to NAME --workflow` */
import type { Destination } from "../../deploy/operations/destination";
import { type WrittenWorkflow, writeWorkflow } from "../../deploy/workflow/writeWorkflow";
import { formatCommand } from "../../domain/format";
import { toJson } from "../../domain/json";
import type { Store } from "../../store/contract";
import type { ModelVersion } from "../../store/registry/contract";
import { askTrust } from "../askTrust";
import { stepPrinter } from "../deploymentText";
import { interruptible } from "../interrupt";
import { oneLine, print } from "../print";

interface WorkflowCommandOptions {
  workflow: string | true;
  override?: string;
  trust?: boolean;
  json?: boolean;
}

export async function workflowCommand(
  store: Store,
  destination: Destination,
  version: ModelVersion,
  { workflow, override, trust, json }: WorkflowCommandOptions,
): Promise<void> {
  const written = await interruptible((signal) =>
    writeWorkflow(
      { store, env: process.env, trust: askTrust(trust), onStep: stepPrinter(json), signal },
      destination,
      version,
      { ...(workflow === true ? {} : { file: workflow }), ...(override === undefined ? {} : { override }) },
    ),
  );
  print(json ? toJson({ event: "end", ...written }) : describe(written));
}

const WORDS = { new: "Wrote", changed: "Changed", same: "As it was:" };

/** What was written, and what is left to do. Names are those of a deployment and of files that we named: no shell minds them. */
function describe({ workflow, files, record, version, needs }: WrittenWorkflow): string {
  const { release, asset } = record.versions[version]!;
  const { model, deployment } = record;
  const name = workflow.split("/").at(-1)!;
  return [
    ...files.map(({ path, written }) => `${WORDS[written]} ${path}`),
    "",
    `Once, in the repository's settings on GitHub: make an environment ${deployment}, with who has to agree, and give it`,
    ...needs.map((need) => `  - ${need}`),
    "",
    `For version ${version}, whose bundle the repository does not hold:`,
    `  ${formatCommand(["modeltrail", "bundle", oneLine(`${model}/${version}`), "--archive", asset])}`,
    `  gh release create ${release} ${asset} --notes ""     (gh release upload ${release} ${asset}, when there is one already)`,
    "",
    `Then commit these files: when they are on the default branch, version ${version} is deployed. Another one, by hand:`,
    `  gh workflow run ${name} -f version=${version}`,
  ].join("\n");
}
