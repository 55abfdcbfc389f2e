/** A workflow of GitHub's that deploys a model's versions from a repository, where nothing of the store is. Nothing is deployed by it being written. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { DeploymentSettings } from "../../domain/deploymentSettings";
import { UserError } from "../../domain/errors";
import { allPassed, type GateResult } from "../../domain/gate";
import { LOCAL } from "../../domain/localTarget";
import { isKnownTarget } from "../../domain/targets";
import { pythonFolder } from "../../recorder/process/pythonFolder";
import { overrideGates } from "../../registry/overrideGates";
import { GitError, git } from "../../snapshot/git";
import type { Store } from "../../store/contract";
import type { ModelVersion } from "../../store/registry/contract";
import { targetSettings } from "../../targets/registry";
import { makeBundle } from "../bundle/makeBundle";
import type { ReadyBundle } from "../contract";
import { gateTools } from "../gates/gateTools";
import { runGates } from "../gates/runGates";
import type { OperationContext } from "../operations/context";
import type { Destination } from "../operations/destination";
import { archiveHash } from "./archive";
import { HELPERS, workflowText } from "./frame";
import { checkOurs, marked, readOrNull, type Written, writeOurs } from "./generated";
import { kubernetesSteps } from "./kubernetesSteps";
import type { PlaceSteps } from "./places";
import { type DeploymentRecord, readRecord, recordText, withBundle } from "./record";
import { sshAddress } from "./sshAddress";
import { sshSteps } from "./sshSteps";

/** What every workflow calls. */
const PROGRAM = "deploy.py";

export interface WorkflowOptions {
  /** The workflow's file; default: deploy-NAME.yml among the repository's. */
  file?: string;
  /** Why the version is recorded though gates fail. */
  override?: string;
}

export interface WrittenWorkflow {
  /** The top of the repository. */
  top: string;
  /** From there. */
  workflow: string;
  files: { path: string; written: Written }[];
  record: DeploymentRecord;
  version: number;
  /** What has to be set up on GitHub, a sentence's part each. */
  needs: readonly string[];
}

/**
 * The version passes its gates here, where its data is, is bundled, and stands in the deployment's record from then on: what
 * the workflow may deploy. Throws UserError when it does not pass, and for files that were changed by hand.
 */
export async function writeWorkflow(
  context: OperationContext,
  { name, settings }: Destination,
  version: ModelVersion,
  { file, override }: WorkflowOptions,
): Promise<WrittenWorkflow> {
  const { store, signal } = context;
  const top = await topOf(store.root, signal);
  const recordFile = `${HELPERS}/${name}.json`;
  const record = readRecord(await readOrNull(path.join(top, recordFile)), recordFile, name, version.model);
  const workflow = insideOf(top, file ?? path.join(top, ".github", "workflows", `deploy-${name}.yml`));
  const stepsOf = await placeOf(store, name, settings, signal);
  // Before the work, and not after it.
  await checkOurs(path.join(top, workflow), workflow);

  const bundle = await gatedBundle(context, settings, version, override);
  const place = stepsOf(bundle);
  const { env, permissions, steps } = place;
  const texts: Record<string, string> = {
    [workflow]: marked(workflowText({ deployment: name, record: recordFile, permissions, env, steps })),
  };
  for (const program of [PROGRAM, ...place.files]) texts[`${HELPERS}/${program}`] = marked(await programText(program));
  for (const [one, text] of Object.entries(place.texts ?? {})) texts[`${HELPERS}/${one}`] = text;
  // All of it or nothing.
  for (const one of Object.keys(texts)) await checkOurs(path.join(top, one), one);
  const whole = withBundle(record, bundle, await archiveHash(bundle));
  signal.throwIfAborted();
  const files: WrittenWorkflow["files"] = [];
  for (const [one, text] of [...Object.entries(texts), [recordFile, recordText(whole)] as const]) {
    files.push({ path: one, written: await writeOurs(path.join(top, one), text) });
  }
  return { top, workflow, files, record: whole, version: version.version, needs: place.needs };
}

/** On a runner there is nothing that gates could be asked of. */
async function gatedBundle(
  { store, env, trust, onStep, signal }: OperationContext,
  { gates, environment }: DeploymentSettings,
  version: ModelVersion,
  override: string | undefined,
): Promise<ReadyBundle> {
  const told = (name: "gates" | "bundle", state: "running" | "done") => (detail: string) =>
    onStep?.({ name, state, detail });
  const tools = gateTools({ store, env, trust, onStep: told("gates", "running"), signal, environment });
  const asked = { model: version.model, version: version.version, step: "deploy" as const, names: gates, signal };
  const results = await runGates(store, asked, tools);
  const failed = results.filter((result) => !allPassed([result]));
  if (failed.length > 0 && override === undefined) throw refused(version, failed);
  if (failed.length > 0) overrideGates(store, failed, override!);
  const passed = `${results.length - failed.length} of ${results.length} passed or do not apply.`;
  told("gates", "done")(results.length === 0 ? "modeltrail.yaml names no gate for this model." : passed);
  const bundle = await makeBundle(store, version, { env, trust, onStep: told("bundle", "running"), signal });
  told("bundle", "done")(`Version ${version.version} is bundle ${bundle.hash.slice(0, 12)}.`);
  return bundle;
}

function refused({ version }: ModelVersion, failed: readonly GateResult[]): UserError {
  const said = failed.map(({ gate, summary }) => `${gate}: ${summary}`).join("; ");
  return new UserError(`Version ${version} did not pass its gates, and is not recorded. ${said}`);
}

/** What a place makes of a bundle. Throws UserError for a target that workflows do not deploy to. */
async function placeOf(
  { root }: Store,
  name: string,
  settings: DeploymentSettings,
  signal: AbortSignal,
): Promise<(bundle: ReadyBundle) => PlaceSteps> {
  const { target } = settings;
  const where = target === LOCAL ? null : await targetSettings(root, target);
  if (where && isKnownTarget(where)) {
    if (where.kind === "kubernetes") return (bundle) => kubernetesSteps(name, where, settings, bundle);
    if (where.kind === "ssh") {
      const place = sshSteps(name, where, settings, await sshAddress(where, root, signal));
      return () => place;
    }
  }
  const what = where ? `"${target}" is of the kind ${where.kind}` : "this machine is none, which GitHub does not reach";
  throw new UserError(`Workflows deploy to targets of the kinds kubernetes and ssh; ${what}.`);
}

const programText = (name: string) => readFile(path.join(pythonFolder("ci"), name), "utf8");

async function topOf(root: string, signal: AbortSignal): Promise<string> {
  try {
    return (await git(["rev-parse", "--show-toplevel"], { cwd: root, signal })).stdout.toString().replace(/\r?\n$/, "");
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    if (error.startError) throw new UserError(`git could not be started (${error.startError}). Install it.`);
    throw new UserError(`${root} is in no git repository, and workflows of GitHub's lie in one. Make it one: git init`);
  }
}

/** With `/`, from the top. */
function insideOf(top: string, file: string): string {
  const inside = path.relative(top, path.resolve(file)).split(path.sep).join("/");
  if (/^\.github\/workflows\/[^/]+\.ya?ml$/.test(inside)) return inside;
  throw new UserError(
    `GitHub looks for workflows in .github/workflows, as files ending in .yml: ${file} is none there.`,
  );
}
