/** Whose endpoints are asked for: what another account knows nothing of is not gone, and costs on. */
import * as z from "zod/mini";
import { UserError } from "../../domain/errors";
import type { Aws } from "./aws";
import type { Place } from "./endpoint";

const Identity = z.object({ Account: z.string() });

/** That of whoever is signed in. */
export async function findAccount(aws: Aws, signal: AbortSignal): Promise<string> {
  const options = { signal, what: "say who you are" };
  return Identity.parse(await aws.ask("sts", "get-caller-identity", {}, options)).Account;
}

/** Throws UserError in any other. */
export async function requireAccount(
  { aws, endpoint }: Place,
  { account }: { account: string },
  signal: AbortSignal,
): Promise<void> {
  const now = await findAccount(aws, signal);
  if (now === account) return;
  throw new UserError(
    `The endpoint ${endpoint} is in the AWS account ${account}, and you are signed in to ${now}. Sign in there, or name its \`profile\` in the target.`,
  );
}
