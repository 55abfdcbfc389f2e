/** Runs the gates of modeltrail.yaml on a version, and keeps what they find. */

import { UserError } from "../../domain/errors";
import type { GatedStep, GateResult } from "../../domain/gate";
import type { GateKind, GateSettings } from "../../domain/gateSettings";
import type { ProjectFile } from "../../domain/projectFile";
import type { Store } from "../../store/contract";
import type { ModelVersion } from "../../store/registry/contract";
import type { ReadyBundle } from "../contract";
import type { ServingPython } from "../environment/servingPython";
import { chooseGates } from "./chooseGates";
import type { OpenEvaluator } from "./evaluate/contract";
import { Evaluations } from "./evaluate/evaluations";
import { openEvaluator } from "./evaluate/evaluator";
import type { Finding, Gate, GateContext } from "./gate";
import { gatedProject } from "./gatedProject";
import { KINDS } from "./kinds/kinds";

export interface GatesToRun {
  model: string;
  version: number;
  /** Null: by itself, for no step. */
  step: GatedStep | null;
  /** Default: all that are for the model and the step. */
  names?: readonly string[] | undefined;
  signal: AbortSignal;
  /** Told before each gate is run, and with what it found. */
  onStart?(gate: string, kind: GateKind): void;
  onResult?(result: GateResult): void;
}

/** Where bundles and their Python come from; asked only by gates that need them, and once for each version. */
export interface GateTools {
  /** Makes the version's bundle, or finds it. Of the version itself, and of the champion that it is compared with. */
  bundleOf(version: ModelVersion): Promise<ReadyBundle>;
  /** The Python that serves it here. */
  pythonOf(bundle: ReadyBundle): Promise<ServingPython>;
  /** For tests. Default: the real one. */
  open?: OpenEvaluator;
}

/**
 * The results in the file's order; none when no gate is for this model and step. Each is kept as soon as it is there. Throws
 * UserError for a version that is not there, a gate that is not, and a modeltrail.yaml that makes no sense.
 */
export async function runGates(store: Store, asked: GatesToRun, tools: GateTools): Promise<GateResult[]> {
  const { model, step, names, signal } = asked;
  const version = store.registry.version(model, asked.version);
  if (!version) throw new UserError(`There is no version ${asked.version} of a model "${model}".`);
  const project = await gatedProject(store.root);
  const chosen = chooseGates(project.gates ?? {}, model, step, names);
  if (chosen.length === 0) return [];
  const context = makeContext(store, version, project, asked, tools);
  const results: GateResult[] = [];
  try {
    for (const [gate, settings] of chosen) {
      asked.onStart?.(gate, settings.kind);
      const result = await runOne(gate, settings, context);
      results.push(result);
      asked.onResult?.(result);
    }
    return results;
  } finally {
    await context.evaluations.close();
    signal.throwIfAborted();
  }
}

function makeContext(
  store: Store,
  version: ModelVersion,
  project: ProjectFile,
  { step, signal }: GatesToRun,
  tools: GateTools,
): GateContext {
  const bundleOf = once(tools.bundleOf, ({ model, version: number }) => `${model}/${number}`);
  const pythonOf = once(tools.pythonOf, ({ hash }) => hash);
  const { open = openEvaluator } = tools;
  const evaluation = project.evaluation ?? null;
  return {
    store,
    root: store.root,
    version,
    run: version.run === null ? null : store.getRunHead(version.run),
    step,
    evaluation,
    evaluations: new Evaluations({ root: store.root, settings: evaluation, bundleOf, pythonOf, open, signal }),
    bundle: () => bundleOf(version),
    python: async () => pythonOf(await bundleOf(version)),
    signal,
  };
}

/** Asks once for each key. */
function once<In, Out>(ask: (one: In) => Promise<Out>, keyOf: (one: In) => string): (one: In) => Promise<Out> {
  const asked = new Map<string, Promise<Out>>();
  return (one) => {
    const key = keyOf(one);
    const found = asked.get(key) ?? ask(one);
    asked.set(key, found);
    return found;
  };
}

async function runOne(gate: string, settings: GateSettings, context: GateContext): Promise<GateResult> {
  const { store, version, step, signal } = context;
  signal.throwIfAborted();
  const time = Date.now();
  const start = performance.now();
  const finding = await find(settings, context);
  signal.throwIfAborted();
  return store.gates.add({
    model: version.model,
    version: version.version,
    step,
    gate,
    kind: settings.kind,
    ...finding,
    time,
    duration: performance.now() - start,
  });
}

/** What could not be found out holds the step back, too. */
async function find(settings: GateSettings, context: GateContext): Promise<Finding> {
  const run = KINDS[settings.kind] as Gate<GateKind>;
  try {
    return await run(settings, context);
  } catch (error) {
    context.signal.throwIfAborted();
    // A fault of ours must not be taken for a pass either; it is told as it is.
    const said = error instanceof UserError ? error.message : `It could not be found out: ${(error as Error).message}`;
    const summary = said
      .trim()
      .replace(/\s*\n\s*/g, " | ")
      .replace(/\.$/, "");
    return { verdict: "error", summary, detail: {} };
  }
}
