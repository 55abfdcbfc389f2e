/**
 * Which images a deployment has: an engine or registry may by now have another one by the same name, and going back to a version
 * means the very one that it was served in.
 */
import * as z from "zod/mini";
import { UserError } from "../../domain/errors";
import type { ContainerSettings } from "../../targets/container/createArguments";
import type { Engine } from "../../targets/container/engine";
import { findImage, getImage } from "../../targets/container/image";
import type { ReadyRoute, ServingHandle } from "../contract";
import type { BundleImage, BundleImageOptions } from "./bundleImage";

const ServedImage = z.object({
  /** What the settings asked for then. */
  wanted: z.string(),
  reference: z.string(),
  digest: z.string(),
  isGiven: z.boolean(),
});

/** Of a deployment's handle, besides what finds the gateway. */
export const ImagesOfHandle = z.object({
  /** Those that were built for it. */
  images: z._default(z.array(z.string()), []),
  /** By the bundle's hash. */
  served: z._default(z.record(z.string(), ServedImage), {}),
});

export interface ServedImages {
  /** The one to serve this version in again; undefined: it is to be found anew. Throws UserError when it cannot be had any more. */
  again(engine: Engine, route: ReadyRoute, options: BundleImageOptions): Promise<BundleImage | undefined>;
  note(route: ReadyRoute, image: BundleImage): void;
  /** Those that were built for this change. */
  readonly made: readonly string[];
  /** The handle with all that is known. */
  whole(handle: ServingHandle): ServingHandle;
}

/** `fresh`: versions that are asked for as they are now. */
export function servedImages(
  settings: Pick<ContainerSettings, "image" | "build">,
  fresh: readonly number[],
  { handle, former }: { handle: ServingHandle | null; former?: ServingHandle },
): ServedImages {
  const known = ImagesOfHandle.parse(handle ?? {});
  const before = ImagesOfHandle.parse(former ?? {}).served;
  const built = new Set(known.images);
  const made: string[] = [];
  const served = { ...known.served, ...before };
  const wanted = `${settings.image ?? ""} ${settings.build?.base ?? ""}`;

  return {
    async again(engine, { version, bundle }, options) {
      const last = served[bundle];
      // What was served before a change that failed is served as it was, whatever is asked for by now.
      const isStill = before[bundle] !== undefined || (last?.wanted === wanted && !fresh.includes(version));
      if (!last || !isStill) return undefined;
      const { reference, digest, isGiven } = last;
      const image = { reference, digest, isGiven, isNew: false };
      if (await findImage(engine, digest, options.signal)) return image;
      options.onStep(
        `The image that version ${version} was served in is gone: ${isGiven ? "getting" : "building"} it again`,
      );
      if (!isGiven) return undefined;
      if (digest.includes("@")) await getImage(engine, digest, { ...options, onProgress: options.onStep });
      else
        throw new UserError(
          `The image ${reference} that version ${version} was served in (${digest.slice(0, 19)}…) is gone. Deploy the version again to serve it in another.`,
        );
      return image;
    },
    note({ bundle }, { reference, digest, isGiven, isNew }) {
      if (!isGiven) built.add(reference);
      if (isNew) made.push(reference);
      served[bundle] = { wanted, reference, digest, isGiven };
    },
    made,
    whole: (rest) => ({ ...rest, images: [...built].sort(), served }),
  };
}
