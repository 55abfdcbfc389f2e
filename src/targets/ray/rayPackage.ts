/** What Ray unpacks as the working folder of a job: a zip file with the bundle, and what runs it. */
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { ZipFile } from "yazl";
import { UserError } from "../../domain/errors";
import { formatSize } from "../../domain/format";
import { unpackProgram, writeBundle } from "../bundle/writeBundle";

export interface RayPackage {
  file: string;
  /** As Ray calls packages: by their content. */
  name: string;
}

/** Bytes that Ray takes at most. */
const LARGEST = 512 << 20;
/** Of all files in it, so that equal packages are equal. */
const TIME = new Date(1980, 0, 2);

/** Calls `use` with the package, which is removed afterwards. Throws UserError when it is too large. */
export async function withRayPackage<T>(
  { job, stage, signal }: { job: object; stage: string; signal: AbortSignal },
  use: (made: RayPackage) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "modeltrail-ray-"));
  try {
    const bundle = path.join(folder, "bundle.zip");
    await writeBundle(bundle, { job, stage, signal });
    const file = path.join(folder, "package.zip");
    const zip = new ZipFile();
    zip.addFile(unpackProgram(), path.basename(unpackProgram()), { mtime: TIME, mode: 0o100644 });
    zip.addFile(bundle, path.basename(bundle), { mtime: TIME, mode: 0o100644, compress: false });
    zip.end();
    await pipeline(zip.outputStream, createWriteStream(file), { signal });
    const { size } = await stat(file);
    if (size > LARGEST) {
      throw new UserError(
        `The project and its data are ${formatSize(size)} when packed; Ray takes ${formatSize(LARGEST)}. Put large data where the cluster can read it, and keep it out of the project.`,
      );
    }
    const hash = createHash("sha256");
    await pipeline(createReadStream(file), hash);
    return await use({ file, name: `_ray_pkg_${hash.digest("hex").slice(0, 32)}.zip` });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
