/** The token that callers show, as a secret of the cluster: each token has one of its own, which is made once and never changed. */
import type { Cluster, Resource } from "../../targets/kubernetes/cluster";
import { type Labelled, labelsOf, servingPaths, shortHash } from "./names";
import { TOKEN_KEY } from "./podTemplate";

/** `name`: the deployment's in the cluster. */
export const tokenSecretName = (name: string, token: string) => `${name}-token-${shortHash(token)}`;

export function tokenSecret(labelled: Labelled, token: string): Resource {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: tokenSecretName(labelled.name, token), labels: labelsOf(labelled) },
    type: "Opaque",
    immutable: true,
    stringData: { [TOKEN_KEY]: token },
  };
}

export async function ensureTokenSecret(
  cluster: Cluster,
  { namespace, labelled, token }: { namespace: string; labelled: Labelled; token: string },
  signal: AbortSignal,
): Promise<void> {
  await cluster.create(servingPaths.secrets(namespace), tokenSecret(labelled, token), signal);
}

export async function removeSecrets(
  cluster: Cluster,
  namespace: string,
  names: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  for (const name of names) await cluster.remove(`${servingPaths.secrets(namespace)}/${name}`, signal);
}
