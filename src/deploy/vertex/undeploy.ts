/** Taking a deployment off Vertex AI, with whatever was left of it by those who died. */
import * as z from "zod/mini";
import { readPages } from "./api";
import { type Place, removeEndpoint } from "./endpoint";
import { checkEndpointOf, type VertexHandle } from "./handle";
import { ENDPOINT_LABEL, removeArtifacts, removeModel } from "./model";

const Listed = z.object({ models: z._default(z.array(z.object({ name: z.string() })), []) });

/** No error for what is gone already. */
export async function undeploy(place: Place, handle: VertexHandle, signal: AbortSignal): Promise<void> {
  await Promise.all([handle.endpoint, checkEndpointOf(handle)].map((id) => removeEndpoint(place, id, signal)));
  const filter = encodeURIComponent(`labels.${ENDPOINT_LABEL}="${handle.endpoint}"`);
  const listed = await readPages(place.api, `models?filter=${filter}`, { signal, what: "list the models" });
  const models = listed.flatMap((page) => Listed.parse(page).models);
  for (const { name } of models) await removeModel(place, name.split("/").at(-1)!, signal);
  // Each is bucket/…/endpoint/hash.
  const folders = new Set(handle.parts.flatMap(({ artifacts }) => artifacts?.replace(/\/[^/]+$/, "") ?? []));
  for (const folder of folders) await removeArtifacts(place, folder, signal);
}
