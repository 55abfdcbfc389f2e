/** A workflow of GitHub's that deploys a model's versions from a repository, where nothing of the store is. Nothing is deployed by it being written. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { DeploymentSettings } from "../../domain/deploymentSettings";
import { UserError } from "../../domain/errors";
import { LOCAL } from "../../domain/localTarget";
import { isKnownTarget } from "../../domain/targets";
import { pythonFolder } from "../../recorder/process/pythonFolder";
import { GitError, git } from "../../snapshot/git";
import type { Store } from "../../store/contract";
import type { ModelVersion } from "../../store/registry/contract";
import { targetSettings } from "../../targets/registry";
import type { ReadyBundle } from "../contract";
import type { OperationContext } from "../operations/context";
import type { Destination } from "../operations/destination";
import { gatedBundle } from "../operations/gatedBundle";
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

  // On a runner there is nothing that gates could be asked of.
  const { ready: bundle } = await gatedBundle(context, { name, settings }, version, override);
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
