/** Models of Vertex AI: a container, with or without a bundle beside it. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { pythonFolder } from "../../recorder/process/pythonFolder";
import { imageOf } from "../cloud/imageOf";
import { BUNDLE_INSIDE } from "../container/bundleImage";
import type { ReadyRoute, ServingPlan } from "../contract";
import { serverArguments } from "../local/settings";
import { type Place, placeWords, unlessAbsent } from "./endpoint";
import { listFlag, type VertexSettings } from "./gcloud";
import type { Part, VertexHandle } from "./handle";

const PORT = 8080;
/** That all models of an endpoint have, so that none is forgotten. */
export const ENDPOINT_LABEL = "modeltrail-endpoint";

/** The same for what serves the same in the same way. */
export function signatureOf(route: ReadyRoute, plan: ServingPlan, settings: VertexSettings): string {
  const { costPerHour: _, ...rest } = settings;
  const { workers, limits } = plan.settings;
  const told = JSON.stringify([route.version, route.ready.hash, rest, workers, limits]);
  return createHash("sha256").update(told).digest("hex").slice(0, 32);
}

/** Where the bundle of a version is put; null: it is in its image. */
export function artifactsOf(handle: VertexHandle, route: ReadyRoute, { bucket }: VertexSettings): string | null {
  return bucket === undefined ? null : `${bucket.replace(/\/+$/, "")}/${handle.endpoint}/${route.ready.hash}`;
}

/** Puts the bundle where its container looks for it. */
export async function sendBundle(place: Place, folder: string, to: string, signal: AbortSignal): Promise<void> {
  // A folder's contents, not the folder: what is there already is overwritten with the same.
  const words = ["storage", "cp", "--recursive", path.join(folder, "*"), `${to}/`, `--project=${place.project}`];
  await place.gcloud.run(words, { signal, what: `copy the bundle to ${to}` });
}

export interface Uploaded {
  endpoint: string;
  route: ReadyRoute;
  plan: ServingPlan;
  settings: VertexSettings;
}

/** Registers it under the part's own id. */
export async function uploadModel(
  place: Place,
  { model, artifacts }: Part,
  { endpoint, route, plan, settings }: Uploaded,
  signal: AbortSignal,
): Promise<void> {
  const { ready, version } = route;
  const [, , ...told] = serverArguments(ready, plan.settings);
  const args = [...told, "--host", "0.0.0.0"];
  const program = await readFile(path.join(pythonFolder("serve"), "fetch_bundle.py"), "utf8");
  const env = Object.entries(settings.env ?? {}).map(([name, value]) => `${name}=${value}`);
  const words = [
    ...[`--model-id=${model}`, `--display-name=${ready.manifest.model}-${version}`],
    `--container-image-uri=${imageOf(settings.image, ready)}`,
    // The body of any request goes to /invocations as it is.
    ...[`--container-ports=${PORT}`, "--container-health-route=/ping", "--container-predict-route=/invocations"],
    ...(env.length > 0 ? [listFlag("container-env-vars", env)] : []),
    ...(artifacts === null
      ? [listFlag("container-args", ["--bundle", BUNDLE_INSIDE, ...args])]
      : [
          `--artifact-uri=${artifacts}`,
          listFlag("container-command", ["python3", "-c", program]),
          listFlag("container-args", args),
        ]),
    `--labels=${ENDPOINT_LABEL}=${endpoint}`,
  ];
  const what = `register ${ready.manifest.model}/${version}`;
  await place.gcloud.run(["ai", "models", "upload", ...words, ...placeWords(place)], { signal, what });
}

/** Whether it is registered already: by somebody who died then. */
export async function hasModel(place: Place, model: string, signal: AbortSignal): Promise<boolean> {
  return (await place.api.get(`models/${model}`, { signal, what: "look for the model" })) !== undefined;
}

/** The model, and its bundle where no other part needs it. No error when they are gone. */
export async function removePart(place: Place, part: Part, parts: readonly Part[], signal: AbortSignal): Promise<void> {
  const { model, artifacts } = part;
  const isShared = parts.some((other) => other !== part && other.artifacts === artifacts);
  await removeModel(place, model, signal);
  if (artifacts !== null && !isShared) await removeArtifacts(place, artifacts, signal);
}

/** No error when it is gone. */
export async function removeModel(place: Place, model: string, signal: AbortSignal): Promise<void> {
  const words = ["ai", "models", "delete", model, ...placeWords(place)];
  await unlessAbsent(() => place.gcloud.run(words, { signal, what: "remove a model" }));
}

/** A folder of a bucket. No error when it is gone. */
export async function removeArtifacts(place: Place, folder: string, signal: AbortSignal): Promise<void> {
  const words = ["storage", "rm", "--recursive", `${folder}/`, `--project=${place.project}`];
  await unlessAbsent(() => place.gcloud.run(words, { signal, what: "remove a bundle" }));
}
