/** The bundle of a version that has passed its gates, for what is deployed by others. */
import type { DeploymentSettings } from "../../domain/deploymentSettings";
import { UserError } from "../../domain/errors";
import { allPassed } from "../../domain/gate";
import type { ModelVersion } from "../../store/registry/contract";
import type { ReadyRoute } from "../contract";
import type { OperationContext } from "./context";
import { makeTools } from "./tools";

/** `override`: why it may go on though gates fail. Throws UserError when they do. */
export async function gatedBundle(
  context: OperationContext,
  { name, settings }: { name: string; settings: DeploymentSettings },
  { model, version }: ModelVersion,
  override: string | undefined,
): Promise<ReadyRoute> {
  const { onStep, signal } = context;
  const tools = await makeTools(context, name, settings);
  const route = { model, version, role: "champion" as const, percent: 100 };
  const say = (detail: string) => onStep?.({ name: "bundle", state: "running", detail });
  let made: ReturnType<typeof tools.bundle> | undefined;
  const bundle = () => (made ??= tools.bundle(route, say, signal));
  const results = await tools.gates(route, bundle, signal);
  const failed = results.filter((result) => !allPassed([result]));
  if (failed.length > 0) {
    const said = failed.map(({ gate, summary }) => `${gate}: ${summary}`).join("; ");
    if (override === undefined) throw new UserError(`Version ${version} did not pass its gates. ${said}`);
    tools.override(failed, override);
  }
  const ready = await bundle();
  return { ...route, bundle: ready.hash, ready };
}
