/** A bundle as one file, for where folders do not go, such as a release on GitHub. The same bundle makes the same bytes. */
import { createHash } from "node:crypto";
import path from "node:path";
import { ZipFile } from "yazl";
import { BUNDLE_FILE } from "../../domain/bundle";
import { imageName } from "../bundle/containerFiles";
import type { ReadyBundle } from "../contract";

/** Zip files know no time before 1980. */
const TIME = new Date(1980, 0, 2);
const HASH = 12;

/** "wine-3-0123456789ab.zip" */
export function archiveName({ hash, manifest }: ReadyBundle): string {
  return `${imageName(manifest.model)}-${manifest.version}-${hash.slice(0, HASH)}.zip`;
}

/** Of what `archive` writes; nothing is written. */
export async function archiveHash(bundle: ReadyBundle): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of archive(bundle)) hash.update(piece);
  return hash.digest("hex");
}

/** The bytes of a zip file. Packed it would be hardly smaller, and not the same with every Node. */
export async function* archive({ folder, manifest }: ReadyBundle): AsyncGenerator<Buffer> {
  const zip = new ZipFile();
  const names = [...manifest.files.map((file) => file.path), BUNDLE_FILE];
  for (const name of names) {
    zip.addFile(path.join(folder, ...name.split("/")), name, { mtime: TIME, mode: 0o100644, compress: false });
  }
  zip.end();
  zip.on("error", (error) =>
    (zip.outputStream as unknown as NodeJS.ReadableStream & { destroy(e: Error): void }).destroy(error),
  );
  yield* zip.outputStream as AsyncIterable<Buffer>;
}
