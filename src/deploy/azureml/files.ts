/** What `az ml` reads: an endpoint and a deployment, with the folders that they name. */
import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { stringify } from "yaml";
import { SCORE_FILE } from "../bundle/containerFiles";
import { normalName, SERVE_NAMES } from "../bundle/servePackages";
import type { ReadyRoute, ServingPlan } from "../contract";
import type { AzureSettings } from "./az";

const SCHEMAS = "https://azuremlschemas.azureedge.net/latest";
export const INSTANCE_TYPE = "Standard_DS3_v2";
const IMAGE = "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:latest";
/** Runs score.py. It has packages of the app's in versions of its own. */
const SERVER = "azureml-inference-server-http==1.5.1";
/** What Azure lets a request take at most. */
const MOST_SECONDS = 180;
const APP = "modeltrail_serve";

/** The same for what serves the same in the same way. */
export function signatureOf({ version, ready }: ReadyRoute, { settings }: ServingPlan, own: AzureSettings): string {
  const { costPerHour: _, endpoint: __, ...rest } = own;
  const told = JSON.stringify([version, ready.hash, rest, settings.workers, settings.limits]);
  return createHash("sha256").update(told).digest("hex").slice(0, 32);
}

/** `action` gets a folder that is gone afterwards. */
export async function withFolder<T>(action: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), "modeltrail-azureml-"));
  try {
    return await action(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Resolves with the file that describes the endpoint. */
export async function writeEndpoint(folder: string, name: string, deployment: string): Promise<string> {
  return write(folder, "endpoint.yml", {
    $schema: `${SCHEMAS}/managedOnlineEndpoint.schema.json`,
    ...{ name, auth_mode: "key", tags: { "modeltrail-deployment": deployment } },
  });
}

/** Resolves with the file that describes the deployment. */
export async function writeDeployment(
  folder: string,
  { endpoint, name }: { endpoint: string; name: string },
  { ready, version, model }: ReadyRoute,
  { settings }: ServingPlan,
  own: AzureSettings,
): Promise<string> {
  const { image = IMAGE, instanceType = INSTANCE_TYPE, instanceCount = 1, env = {} } = own;
  const { workers = 1, limits = {} } = settings;
  await writeCode(path.join(folder, "code"), ready.folder);
  await write(folder, "conda.yml", condaOf(ready.manifest));
  return write(folder, "deployment.yml", {
    $schema: `${SCHEMAS}/managedOnlineDeployment.schema.json`,
    ...{ name, endpoint_name: endpoint },
    model: { path: ready.folder, type: "custom_model" },
    code_configuration: { code: "./code", scoring_script: SCORE_FILE },
    environment: { image, conda_file: "./conda.yml" },
    environment_variables: { ...env, WORKER_COUNT: String(workers) },
    ...{ instance_type: instanceType, instance_count: instanceCount },
    request_settings: {
      request_timeout_ms: Math.min(limits.time ?? 60, MOST_SECONDS) * 1_000,
      max_concurrent_requests_per_instance: limits.concurrent ?? workers,
    },
    tags: { "modeltrail-model": model, "modeltrail-version": String(version) },
  });
}

/** score.py, and what it imports: both are in the bundle, which Azure takes for the model. */
async function writeCode(folder: string, bundle: string): Promise<void> {
  await mkdir(folder);
  for (const name of [SCORE_FILE, APP]) {
    await cp(path.join(bundle, name), path.join(folder, name), { recursive: true });
  }
}

function condaOf({ python, requirements }: ReadyRoute["ready"]["manifest"]) {
  return {
    name: "modeltrail",
    channels: ["conda-forge"],
    dependencies: [`python=${python}`, "pip", { pip: [SERVER, ...withoutApp(requirements)] }],
  };
}

/** The list ends with what the app that serves needs for HTTP, which is Azure's own here, with other versions. */
function withoutApp(requirements: readonly string[]): string[] {
  const nameOf = (line: string) => normalName(/^[\w.-]+/.exec(line)?.[0] ?? "");
  const last = requirements.findLastIndex((line) => !SERVE_NAMES.has(nameOf(line)));
  return requirements.slice(0, last + 1);
}

async function write(folder: string, name: string, told: object): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, stringify(told));
  return file;
}
