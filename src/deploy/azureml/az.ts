/** Azure's own program, with its extension for Azure Machine Learning. */
import type { ServingOf } from "../../domain/targets";
import { type CloudProgram, cloudProgram } from "../cloud/program";

export type AzureSettings = ServingOf<"azureml">;

/** Which workspace a command is about. */
export interface Workspace {
  az: CloudProgram;
  workspace: string;
  resourceGroup: string;
  subscription: string | null;
}

export function azProgram(env: NodeJS.ProcessEnv): CloudProgram {
  return cloudProgram({
    program: "az",
    cloud: "Azure",
    install: "Install the Azure CLI (https://aka.ms/azure-cli) and az extension add --name ml, and sign in: az login",
    // It never asks anything, nor installs anything by itself.
    env: { ...env, AZURE_EXTENSION_USE_DYNAMIC_INSTALL: "no", AZURE_CORE_NO_COLOR: "true" },
    reasons: [
      [/az login|AADSTS\d|refresh token/i, "you are not signed in. Sign in: az login"],
      [
        /misspelled or not recognized|not in the '?az'? command group|requires the extension/i,
        "its extension for Azure Machine Learning is missing. Install it: az extension add --name ml",
      ],
      [
        /quota|not enough cores/i,
        "the subscription's quota is used up. Take another instanceType, or ask for more at https://ml.azure.com/quota",
      ],
      [/OutOfCapacity/i, "it has no machine of this instanceType left in the region. Take another one, or try later"],
      [
        /AuthorizationFailed|does not have authorization|Forbidden/i,
        "your account may not do that in the workspace. It needs the role AzureML Data Scientist",
      ],
      [
        /ResourceGroupNotFound|workspaces\/[^/']+'? .*not found|SubscriptionNotFound/is,
        "there is no such workspace. Check subscription, resourceGroup and workspace of the target",
      ],
      [
        /ResourceNotReady|liveness|readiness|score\.py|crash|ImageBuildFailure/i,
        "the version did not come up. What it printed says why",
      ],
    ],
  });
}

/** Asks `az ml`; what it answers as JSON, null for nothing. */
export async function ask(
  { az, workspace, resourceGroup, subscription }: Workspace,
  words: readonly string[],
  what: string,
  signal: AbortSignal,
): Promise<unknown> {
  const place = [
    ...["--workspace-name", workspace, "--resource-group", resourceGroup],
    ...(subscription === null ? [] : ["--subscription", subscription]),
  ];
  return az.json(["ml", ...words, ...place, "--only-show-errors", "--output", "json"], { what, signal });
}
