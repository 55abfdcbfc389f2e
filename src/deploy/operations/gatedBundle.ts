/** The bundle of a version that has passed its gates, for what is deployed by others. */
import type { DeploymentSettings } from "../../domain/deploymentSettings";
import type { ModelVersion } from "../../store/registry/contract";
import type { ReadyRoute } from "../contract";
import { letPass } from "../gates/letPass";
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
  const tell = (name: "gates" | "bundle", state: "running" | "done") => (detail: string) =>
    onStep?.({ name, state, detail });
  let made: ReturnType<typeof tools.bundle> | undefined;
  const bundle = () => (made ??= tools.bundle(route, tell("bundle", "running"), signal));
  const results = await tools.gates(route, bundle, signal);
  const passed = letPass(version, results, { reason: override, keep: tools.override });
  tell("gates", "done")(passed);
  const ready = await bundle();
  tell("bundle", "done")(`Version ${version} is bundle ${ready.hash.slice(0, 12)}.`);
  return { ...route, bundle: ready.hash, ready };
}
