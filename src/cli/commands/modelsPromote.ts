/** `modeltrail models promote` */
import { promoteVersion } from "../../deploy/operations/promote";
import { UserError } from "../../domain/errors";
import type { GateResult } from "../../domain/gate";
import { toJson } from "../../domain/json";
import { resolveVersion, versionName } from "../../registry/resolveVersion";
import { askTrust } from "../askTrust";
import { interruptible } from "../interrupt";
import { withStore } from "../open";
import { oneLine, print, styled } from "../print";

export interface PromoteOptions {
  alias: string;
  reason?: string;
  override?: string;
  trust?: boolean;
  json?: boolean;
}

export async function promoteCommand(reference: string, options: PromoteOptions): Promise<void> {
  const { alias, reason, override, trust, json } = options;
  if (override?.trim() === "") throw new UserError("--override needs a reason: it goes into the audit log.");
  await withStore(async (store) => {
    const version = resolveVersion(store, reference);
    const promoted = await interruptible((signal) =>
      promoteVersion({ store, env: process.env, trust: askTrust(trust), signal }, version, {
        alias,
        reason,
        override,
        onResult: (result) => json || print(gateLine(result)),
      }),
    );
    if (json) return print(toJson(promoted, 2));
    const name = versionName(promoted.version);
    if (!promoted.isNew) return print(oneLine(`${name} is ${alias} already.`));
    const before = promoted.before === null ? "" : `, after ${promoted.before}`;
    print(oneLine(`${name} is ${alias} now${before}.`));
  });
}

function gateLine({ gate, verdict, summary }: GateResult): string {
  const style = verdict === "passed" ? "green" : verdict === "skipped" ? "dim" : "red";
  return `${styled(verdict, style)}  ${oneLine(gate)}: ${oneLine(summary)}`;
}
