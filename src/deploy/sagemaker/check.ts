/** What would fail at SageMaker, or cost, before anything is begun. */
import { UserError } from "../../domain/errors";
import type { Problem } from "../../targets/contract";
import { imageOf, isOfBundle } from "../cloud/imageOf";
import type { ServingPlan } from "../contract";
import type { Aws } from "./aws";
import { placeInS3 } from "./model";
import { type SageMakerSettings, sizeText } from "./variants";

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
  const found: [wrong: boolean, message: string][] = [
    [
      token !== null,
      "SageMaker lets callers in by IAM (sagemaker:InvokeEndpoint) and knows no token of ours: leave out `token`.",
    ],
    [
      settings.serverless !== undefined && routes.length > 1,
      "Without instances (`serverless`), SageMaker serves one version at a time: deploy without challenger and shadows, or take `instanceType`.",
    ],
    [
      shadows > 1 || (shadows > 0 && hasChallenger),
      "SageMaker copies requests to one shadow only, and only beside a champion that has no challenger.",
    ],
    [
      settings.bucket === undefined && !isOfBundle(settings.image),
      "The image is the same for every bundle, so the bundle has to come from elsewhere: say a `bucket`, or put {hash} into `image` where each bundle has an image of its own.",
    ],
  ];
  return found.flatMap(([wrong, message]) => (wrong ? [{ severity: "error" as const, message }] : []));
}

function warnings(settings: SageMakerSettings, { routes, settings: wanted }: ServingPlan): Problem[] {
  const { costPerHour, serverless } = settings;
  const price = costPerHour === undefined ? "" : ` (${costPerHour} an hour)`;
  const each = routes.length > 1 ? "For each version, " : "";
  const cost = serverless
    ? "It is paid for by request until it is undeployed."
    : `${each}${sizeText(settings)}${price} is paid for until it is undeployed, and twice that while versions are exchanged.`;
  const unused = (["port", "host", "workers", "limits"] as const).filter((name) => wanted[name] !== undefined);
  const found: [worth: boolean, message: string][] = [
    [true, cost],
    [unused.length > 0, `SageMaker decides itself what ${unused.map((name) => `\`${name}\``).join(", ")} would say.`],
    [typeof wanted.log === "object", "Predictions at SageMaker are not logged here: `log` has no effect there."],
    [wanted.load !== undefined, "The load test asks through the AWS command line, which takes longer than the model."],
    [
      settings.bucket !== undefined && isOfBundle(settings.image),
      `The bundle in ${imageOf(settings.image, routes[0]!.ready)} is passed over for the one in \`bucket\`.`,
    ],
  ];
  return found.flatMap(([worth, message]) => (worth ? [{ severity: "warning" as const, message }] : []));
}
