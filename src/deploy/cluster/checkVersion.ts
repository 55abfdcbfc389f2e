/** Does an image have the very version that is to be served? Whoever pushes images by hand may have pushed another. */
import { UserError } from "../../domain/errors";
import type { Access, ReadyBundle } from "../contract";

/** Throws UserError when it has not. */
export async function checkVersion(
  { manifest: { model, version } }: Pick<ReadyBundle, "manifest">,
  image: string,
  access: Access,
  signal: AbortSignal,
): Promise<void> {
  const path = `/v2/models/${encodeURIComponent(model)}/versions/${version}/ready`;
  const { status } = await access.request(path, { signal });
  if (status !== 404) return;
  throw new UserError(
    `The image ${image} serves something else than ${model}/${version}. Push the image of its bundle (\`modeltrail bundle ${model}/${version}\` makes it), or tell versions apart in \`image\` by {version} or {hash}.`,
  );
}
