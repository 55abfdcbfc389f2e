/** Deploying from a workflow to a cluster: an image of the bundle, by its digest, in a Deployment behind a Service. */
import { stringify } from "yaml";
import type { DeploymentSettings } from "../../domain/deploymentSettings";
import type { TargetOf } from "../../domain/targets";
import { BUNDLE_ANNOTATION, clusterName, SIGNATURE_LABEL, VERSION_LABEL } from "../cluster/names";
import type { ReadyBundle } from "../contract";
import { patienceOf, portOf } from "../kubernetes/manifests";
import { manifestsOf } from "../kubernetes/manifestsOf";
import { HELPERS } from "./frame";
import { marked } from "./generated";
import type { PlaceSteps } from "./places";

/** In the manifest, for what differs from version to version. */
const PLACES = { image: "IMAGE-BY-DIGEST", version: "VERSION-OF-MODEL", bundle: "HASH-OF-BUNDLE" };
/** Of the runner, for asking the service. */
const FORWARDED = 18080;

export function kubernetesSteps(
  deployment: string,
  target: TargetOf<"kubernetes">,
  settings: DeploymentSettings,
  bundle: ReadyBundle,
): PlaceSteps {
  const name = clusterName(deployment);
  const { namespace = "default" } = target;
  const manifest = `${deployment}.yaml`;
  const tokenSecret = settings.token === true ? `${name}-token` : null;
  const secret = [
    `a secret ${tokenSecret} in the cluster, whose \`token\` is what callers have to show`,
    "the secret DEPLOY_TOKEN, with the same",
  ];
  return {
    env: { NAME: name, NAMESPACE: namespace, MANIFEST: `${HELPERS}/${manifest}` },
    permissions: { packages: "write" },
    files: [],
    texts: { [manifest]: marked(manifestText(deployment, target, settings, bundle, tokenSecret)) },
    needs: [
      `the secret DEPLOY_KUBECONFIG: a kubeconfig whose user may read and change the objects of ${HELPERS}/${manifest} in the namespace ${namespace}, and forward ports there`,
      "a way for the cluster to pull from ghcr.io, where packages are private at first: make this one public, or name `imagePullSecrets` in the target",
      ...(tokenSecret === null ? [] : secret),
    ],
    steps: stepLines({
      port: portOf({ settings }),
      seconds: Math.ceil(patienceOf(target)),
      hasToken: tokenSecret !== null,
    }),
  };
}

/** For any version. */
function manifestText(
  name: string,
  target: TargetOf<"kubernetes">,
  settings: DeploymentSettings,
  ready: ReadyBundle,
  tokenSecret: string | null,
): string {
  const { model, version } = ready.manifest;
  const route = { model, version, bundle: ready.hash, role: "champion" as const, percent: 100, ready };
  const serving = { ...target.serving, image: PLACES.image };
  const objects = manifestsOf(route, { name, settings }, { ...target, serving }, tokenSecret);
  return objects.map((one) => stringify(withPlaces(one), { lineWidth: 0 })).join("---\n");
}

function withPlaces(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(withPlaces);
  if (typeof part !== "object" || part === null) return part;
  const entries = Object.entries(part)
    .filter(([key]) => key !== SIGNATURE_LABEL)
    .map(([key, value]) => {
      if (key === VERSION_LABEL) return [key, PLACES.version];
      return [key, key === BUNDLE_ANNOTATION ? PLACES.bundle : withPlaces(value)];
    });
  return Object.fromEntries(entries);
}

interface StepOptions {
  /** Of the service. */
  port: number;
  /** That a version may take to come up. */
  seconds: number;
  hasToken: boolean;
}

function stepLines({ port, seconds, hasToken }: StepOptions): string[] {
  const shown = hasToken ? `\n  env:\n    SERVE_TOKEN: \${{ secrets.DEPLOY_TOKEN }}` : "";
  return `- name: Build its image, and ask that its sample
  run: |
    image="ghcr.io/\${GITHUB_REPOSITORY,,}/$NAME:$VERSION"
    docker build --tag "$image" "$RUNNER_TEMP/bundle"
    docker run --rm --network none --entrypoint python3 "$image" -B -m modeltrail_serve.check /opt/bundle
    echo "IMAGE=$image" >> "$GITHUB_ENV"

- name: Push it
  env:
    GH_TOKEN: \${{ github.token }}
  run: |
    printf %s "$GH_TOKEN" | docker login ghcr.io --username "$GITHUB_ACTOR" --password-stdin
    docker push --quiet "$IMAGE"
    echo "DIGEST=$(docker image inspect --format '{{index .RepoDigests 0}}' "$IMAGE")" >> "$GITHUB_ENV"

- name: Reach the cluster
  env:
    CONFIG: \${{ secrets.DEPLOY_KUBECONFIG }}
  run: |
    test -n "$CONFIG" || { echo "::error::The environment $DEPLOYMENT needs the secret DEPLOY_KUBECONFIG."; exit 1; }
    umask 077
    printf '%s\\n' "$CONFIG" > "$RUNNER_TEMP/kubeconfig"
    echo "KUBECONFIG=$RUNNER_TEMP/kubeconfig" >> "$GITHUB_ENV"

# Pods of the new version come up beside those of the old one, which go when the new ones are ready.
- name: Deploy it
  run: |
    # In quotes, as both may look like numbers.
    sed -e "s|${PLACES.image}|$DIGEST|" -e "s|${PLACES.version}|'$VERSION'|" -e "s|${PLACES.bundle}|'$BUNDLE'|" \\
      "$MANIFEST" > "$RUNNER_TEMP/manifest.yaml"
    BEFORE="$(kubectl --namespace "$NAMESPACE" get deployment "$NAME" --ignore-not-found \\
      --output 'jsonpath={.metadata.annotations.deployment\\.kubernetes\\.io/revision}')"
    { echo "BEFORE=$BEFORE"; echo "APPLIED=yes"; } >> "$GITHUB_ENV"
    kubectl --namespace "$NAMESPACE" apply --filename "$RUNNER_TEMP/manifest.yaml"
    kubectl --namespace "$NAMESPACE" rollout status "deployment/$NAME" --timeout ${seconds}s

- name: Ask the service its sample${shown}
  run: |
    kubectl --namespace "$NAMESPACE" port-forward "service/$NAME" ${FORWARDED}:${port} > /dev/null &
    trap "kill $!" EXIT
    python3 ${HELPERS}/deploy.py ask "$RUNNER_TEMP/bundle" http://127.0.0.1:${FORWARDED}

- name: Go back to what was served before
  if: failure() && env.APPLIED == 'yes'
  run: |
    if [ -n "$BEFORE" ]; then
      kubectl --namespace "$NAMESPACE" rollout undo "deployment/$NAME" --to-revision "$BEFORE"
      kubectl --namespace "$NAMESPACE" rollout status "deployment/$NAME" --timeout ${seconds}s
    else
      kubectl --namespace "$NAMESPACE" delete --ignore-not-found --filename "$RUNNER_TEMP/manifest.yaml"
    fi

- name: Forget the way to the cluster
  if: always()
  run: rm -f "$RUNNER_TEMP/kubeconfig"`.split("\n");
}
