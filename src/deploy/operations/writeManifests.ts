/** What a cluster would be told to serve a version, as text: for those who keep their manifests in git and let others apply them. */
import { stringify } from "yaml";
import { UserError } from "../../domain/errors";
import { LOCAL } from "../../domain/localTarget";
import type { ServingOf, TargetOf, TargetSettings } from "../../domain/targets";
import type { ModelVersion } from "../../store/registry/contract";
import type { Resource } from "../../targets/kubernetes/cluster";
import { targetSettings } from "../../targets/registry";
import { type ImageSettings, namedImage } from "../cluster/clusterImage";
import { clusterName } from "../cluster/names";
import { TOKEN_KEY } from "../cluster/podTemplate";
import type { ReadyRoute, ServingPlan } from "../contract";
import { manifestOf } from "../kserve/manifest";
import { manifestsOf } from "../kubernetes/manifestsOf";
import type { OperationContext } from "./context";
import type { Destination } from "./destination";
import { gatedBundle } from "./gatedBundle";

/** The version passes its gates and is bundled; nothing is built, pushed or applied. YAML, whose comments say what it needs. */
export async function manifestText(
  context: OperationContext,
  destination: Destination,
  version: ModelVersion,
  override: string | undefined,
): Promise<string> {
  const { name, settings } = destination;
  const place = settings.target === LOCAL ? null : placeOf(await targetSettings(context.store.root, settings.target));
  if (!place) {
    throw new UserError(
      `"${settings.target}" is no cluster: manifests are for targets of the kinds kubernetes and kserve.`,
    );
  }
  const route = await gatedBundle(context, destination, version, override);
  const tokenSecret = settings.token ? `${clusterName(name)}-token` : null;
  const objects = place.objects(route, { name, settings }, tokenSecret);
  const texts = objects.map((object) => stringify(placed(object, place.namespace), { lineWidth: 0 }));
  return `${comment(route, namedImage(route.ready, place.images), place.namespace, tokenSecret)}${texts.join("---\n")}`;
}

interface Place {
  namespace: string | undefined;
  images: ImageSettings;
  objects(route: ReadyRoute, plan: Pick<ServingPlan, "name" | "settings">, tokenSecret: string | null): Resource[];
}

/** Null for what is no cluster. */
function placeOf(settings: TargetSettings): Place | null {
  if (settings.kind === "kserve") {
    const own = settings as ServingOf<"kserve">;
    const objects: Place["objects"] = (route, plan, tokenSecret) => [manifestOf(route, plan, own, tokenSecret)];
    return { namespace: own.namespace, images: own, objects };
  }
  if (settings.kind !== "kubernetes") return null;
  const own = settings as TargetOf<"kubernetes">;
  const objects: Place["objects"] = (route, plan, tokenSecret) => manifestsOf(route, plan, own, tokenSecret);
  return { namespace: own.namespace, images: own.serving ?? {}, objects };
}

function placed(object: Resource, namespace: string | undefined): Resource {
  const metadata = object.metadata as Resource;
  return namespace === undefined ? object : { ...object, metadata: { ...metadata, namespace } };
}

function comment(
  { model, version, ready }: ReadyRoute,
  image: string,
  namespace: string | undefined,
  tokenSecret: string | null,
): string {
  const inside = namespace === undefined ? "" : ` --namespace ${namespace}`;
  const lines = [
    `${model} ${version}, as \`modeltrail deploy --manifest\` wrote it: bundle ${ready.hash}.`,
    `Its image has to be pushed: modeltrail bundle ${model}/${version} --output FOLDER && docker build --tag ${image} FOLDER && docker push ${image}`,
    ...(tokenSecret === null
      ? []
      : [
          `Its token, from standard input: kubectl create secret generic ${tokenSecret}${inside} --from-file=${TOKEN_KEY}=/dev/stdin`,
        ]),
  ];
  return lines.map((line) => `# ${line.replace(/[\r\n]+/g, " ")}\n`).join("");
}
