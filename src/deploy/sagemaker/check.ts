/** What would fail at SageMaker, or cost, before anything is begun. */
import { UserError } from "../../domain/errors";
import type { Problem } from "../../targets/contract";
import { imageOf, isOfBundle } from "../cloud/imageOf";
import { notices } from "../cloud/notices";
import type { ServingPlan } from "../contract";
import type { Aws } from "./aws";
import { placeInS3 } from "./model";
import { INSTANCE_TYPE, type SageMakerSettings, triesApart } from "./variants";

export async function checkPlan(
  aws: Aws,
  settings: SageMakerSettings,
  plan: ServingPlan,
  signal: AbortSignal,
): Promise<Problem[]> {
  const problems = [...refusals(settings, plan), ...warnings(settings, plan)];
  const refuse = (message: string) => problems.push({ severity: "error", message });
  const ask = async (service: string, operation: string, input: object, what: string) => {
    try {
      await aws.ask(service, operation, input, { signal, what });
      return true;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      refuse(error.message);
      return false;
    }
  };
  const isIn = await ask("sts", "get-caller-identity", {}, "say who you are");
  const { bucket } = settings;
  if (isIn && bucket !== undefined) {
    const { Bucket } = placeInS3(`${bucket}/`);
    await ask("s3api", "head-bucket", { Bucket }, `look into the bucket ${Bucket}`);
  }
  return problems;
}

/** What no service has to be asked for. */
function refusals(settings: SageMakerSettings, { routes, token }: ServingPlan): Problem[] {
  const shadows = routes.filter(({ role }) => role === "shadow").length;
  const hasChallenger = routes.some(({ role }) => role === "challenger");
  const found = [
    token !== null &&
      "SageMaker lets callers in by IAM (sagemaker:InvokeEndpoint) and knows no token of ours: leave out `token`.",
    settings.serverless !== undefined &&
      routes.length > 1 &&
      "Without instances (`serverless`), SageMaker serves one version at a time: deploy without challenger and shadows, or take `instanceType`.",
    settings.serverless !== undefined &&
      (settings.alarms ?? []).length > 0 &&
      "Without instances (`serverless`), SageMaker watches no alarms: leave out `alarms`, or take `instanceType`.",
    (settings.subnets === undefined) !== (settings.securityGroups === undefined) &&
      "SageMaker takes `subnets` and `securityGroups` together: name the other, too, or leave both out.",
    (shadows > 1 || (shadows > 0 && hasChallenger)) &&
      "SageMaker copies requests to one shadow only, and only beside a champion that has no challenger.",
    settings.bucket === undefined &&
      !isOfBundle(settings.image) &&
      "Every version would be served by the same image. Name one of each bundle with {hash} or {version} in `image`, or give the target a `bucket` that bundles are put into.",
  ];
  return found.flatMap((message) => (message === false ? [] : [{ severity: "error", message }]));
}

function warnings(own: SageMakerSettings, plan: ServingPlan): Problem[] {
  const { bucket, image, serverless, instanceType = INSTANCE_TYPE, instanceCount: count = 1, costPerHour } = own;
  const { settings, routes } = plan;
  const machine = serverless ? null : instanceType;
  // Each change brings up all that is to be served anew: beside the old version, both; and at the end, the new one once more.
  const meanwhile = triesApart(own) ? "twice that" : "up to three times that";
  const unused = (["workers", "limits"] as const).filter((name) => settings[name] !== undefined);
  const found = [
    unused.length > 0 &&
      `SageMaker starts the app itself: ${unused.map((name) => `\`${name}\``).join(" and ")} have no effect there.`,
    settings.load !== undefined &&
      "The load test asks through the AWS command line, which takes longer to start than a model to answer.",
    bucket !== undefined &&
      isOfBundle(image) &&
      `The bundle in ${imageOf(image, routes[0]!.ready)} is passed over for the one in \`bucket\`.`,
  ];
  return [
    ...notices(plan, { cloud: "SageMaker", machine, count, costPerHour, meanwhile }),
    ...found.flatMap((message): Problem[] => (message === false ? [] : [{ severity: "warning", message }])),
  ];
}
