/**
 * A bundle on its way into a pod: as ConfigMaps, which whoever may create a job mostly may create too, and which belong to the job,
 * so that they go with it. A pod that names them does not start before they are there.
 */
import { readFile } from "node:fs/promises";
import { UserError } from "../../domain/errors";
import { formatSize } from "../../domain/format";
import { piecesOf, unpackProgram } from "../bundle/writeBundle";
import type { Cluster, Resource } from "./cluster";
import { objectName, paths } from "./names";

/** Bytes: a ConfigMap may hold 1 MiB. */
const PIECE = 1_000_000;
/** What is larger belongs into an image or on a volume: ConfigMaps live in the cluster's own small database. */
const MOST_PIECES = 24;
export const LARGEST_BUNDLE = PIECE * MOST_PIECES;
export const VOLUME = "modeltrail";
export const MOUNT_PATH = "/modeltrail";
const PROGRAM = "unpack.py";

const piecesFor = (size: number) => Math.ceil(size / PIECE);
const pieceName = (job: string, index: number) => `${objectName(job)}-${index}`;
const fileOf = (index: number) => `part-${String(index).padStart(3, "0")}`;

/** Throws UserError when it is too large to be sent this way. */
export function checkSize(size: number): void {
  if (size <= LARGEST_BUNDLE) return;
  throw new UserError(
    `The project and its data are ${formatSize(size)} when packed, and ${formatSize(LARGEST_BUNDLE)} is what fits through the cluster's API. Put large data into the image or on a volume of the cluster (\`volumes\` of the target), and keep it out of the project.`,
  );
}

/** The volume of a pod that gets a bundle of `size` bytes. */
export function bundleVolume(job: string, size: number): Resource {
  const sources = Array.from({ length: piecesFor(size) }, (_, index) => ({
    configMap: { name: pieceName(job, index) },
  }));
  return { name: VOLUME, projected: { sources, defaultMode: 0o444 } };
}

/** What runs the bundle in the pod. */
export const bundleCommand = (python: string) => [python, `${MOUNT_PATH}/${PROGRAM}`];
export const bundleArguments = (size: number) =>
  Array.from({ length: piecesFor(size) }, (_, index) => `${MOUNT_PATH}/${fileOf(index)}`);

/** Sends the bundle, as far as that was not done. `owner`: the object that the ConfigMaps go with. */
export async function sendBundle(
  cluster: Cluster,
  file: string,
  { job, labels, owner, signal }: { job: string; labels: Record<string, string>; owner: Resource; signal: AbortSignal },
): Promise<void> {
  let index = 0;
  for await (const piece of piecesOf(file, PIECE)) {
    const program = index === 0 ? { data: { [PROGRAM]: await readFile(unpackProgram(), "utf8") } } : {};
    await cluster.create(
      paths.configMaps(cluster.namespace),
      {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: pieceName(job, index), labels, ownerReferences: [owner] },
        immutable: true,
        binaryData: { [fileOf(index)]: piece.toString("base64") },
        ...program,
      },
      signal,
    );
    index++;
  }
}
