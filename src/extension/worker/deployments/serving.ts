/** Speaks with what is deployed, by whichever way its target has. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { bundleFolder } from "../../../deploy/bundle/bundleFolder";
import { accessTo, lookAtAll, tokenOf } from "../../../deploy/operations/look";
import { readSample } from "../../../deploy/sample";
import { BUNDLE_FILE, BundleManifest } from "../../../domain/bundle";
import { UserError } from "../../../domain/errors";
import { asCurl, asPython } from "../../../domain/requestText";
import type { TryAnswer } from "../../../protocol/tryIt";
import type { Store } from "../../../store/contract";
import type { TryInput } from "./api";

/** More of an answer is not shown. */
const MOST_SHOWN = 500_000;
const TRY_MS = 120_000;

export async function askAll(store: Store, isWatching: boolean): Promise<void> {
  await lookAtAll({ store, env: process.env }, { isWatching });
}

const NO_INPUT: TryInput = { sample: null, sampleSource: null, columns: null };

export async function tryInput(store: Store, name: string): Promise<TryInput> {
  const champion = store.deployments.get(name)?.routes.find(({ role }) => role === "champion");
  if (!champion?.bundle) return NO_INPUT;
  const folder = bundleFolder(store.folder, champion.bundle);
  // Not as whoever serves it opens it, with every file looked at: that takes a while.
  const text = await readFile(path.join(folder, BUNDLE_FILE), "utf8").catch(() => null);
  if (text === null) return NO_INPUT;
  const manifest = BundleManifest.parse(JSON.parse(text));
  const sample = await readSample({ folder, manifest });
  const { input, sampleSource = null } = manifest;
  return { sample: sample?.request ?? null, sampleSource, columns: input && "columns" in input ? input.columns : null };
}

export async function send(store: Store, name: string, body: string, signal: AbortSignal): Promise<TryAnswer> {
  const access = await accessTo({ store, env: process.env }, name);
  const started = performance.now();
  const answer = await access.request("/invocations", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
    signal: AbortSignal.any([signal, AbortSignal.timeout(TRY_MS)]),
  });
  const text = answer.body.toString();
  return {
    status: answer.status,
    duration: performance.now() - started,
    version: answer.headers["x-modeltrail-version"] ?? null,
    body: text.slice(0, MOST_SHOWN),
    cut: text.length > MOST_SHOWN,
  };
}

/** `body` null: that of the sample. */
export async function requestText(
  store: Store,
  name: string,
  as: "curl" | "python",
  body: string | null,
): Promise<string> {
  const endpoint = store.deployments.get(name)?.served?.endpoint;
  if (!endpoint) throw new UserError(`${name} has no address that could be asked from outside.`);
  const asked = body ?? JSON.stringify((await tryInput(store, name)).sample ?? { inputs: [] });
  const request = { endpoint, body: asked, token: (await tokenOf(store, name)) !== null };
  return as === "curl" ? asCurl(request) : asPython(request);
}
