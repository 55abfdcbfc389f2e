/** Google's own program. */
import type { ServingOf } from "../../domain/targets";
import { type Cloud, type CloudProgram, cloudProgram } from "../cloud/program";

export type VertexSettings = ServingOf<"vertex">;

export function gcloudProgram(env: NodeJS.ProcessEnv): CloudProgram {
  return cloudProgram({
    program: "gcloud",
    ...GOOGLE,
    install: "Install the Google Cloud CLI (https://cloud.google.com/sdk), and sign in: gcloud auth login",
    // It never asks anything, and does not look for a newer one of itself.
    env: { ...env, CLOUDSDK_CORE_DISABLE_PROMPTS: "1", CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK: "1" },
  });
}

export const GOOGLE: Cloud = {
  cloud: "Google Cloud",
  reasons: [
    [
      /active account|reauth|invalid_grant|UNAUTHENTICATED|refreshing your current auth tokens|default credentials/i,
      "you are not signed in. Sign in: gcloud auth login",
    ],
    [
      /SERVICE_DISABLED|has not been used in project|API \[?\S+\]? not enabled/i,
      "its API is off in the project. Switch it on: gcloud services enable aiplatform.googleapis.com",
    ],
    [
      /quota|RESOURCE_EXHAUSTED/i,
      "the project's quota is used up. Take another machineType or region, or ask for more at https://console.cloud.google.com/iam-admin/quotas",
    ],
    [
      /PERMISSION_DENIED|does not have permission|forbidden/i,
      "your account may not do that in the project. It needs the role Vertex AI User (roles/aiplatform.user), and access to the image and the bucket",
    ],
    [
      /\bimage\b.*(?:not found|does not exist|pull)|ImagePull/is,
      "the image could not be had. Build it of the bundle, and push it to where the target's `image` says",
    ],
    [
      /model server|container.*(?:exit|terminat|fail|crash)|health check/i,
      "the container did not come up. What it printed is in the project's log (gcloud logging read)",
    ],
  ],
};

/** What is gone already. */
export const isAbsent = (said: string): boolean => /NOT_FOUND|matched no objects|HTTPError 404/.test(said);

/** What somebody has made before. */
export const isThere = (said: string): boolean => /ALREADY_EXISTS|HTTPError 409/.test(said);

/** A list as gcloud takes it in one word: divided by what is in none of the values. */
export function listFlag(name: string, values: readonly string[]): string {
  const free = [",", "@", "~", "|", ";", "@@", "~~", "||"].find((divider) =>
    values.every((value) => !value.includes(divider)),
  )!;
  const divided = values.join(free);
  return `--${name}=${free === "," && !divided.startsWith("^") ? divided : `^${free}^${divided}`}`;
}
