/**
 * One change of a deployment, from beginning to end: gates, bundles, compatibility, then the target brings the new version up
 * beside the old one, it is tried, and only then gets requests. Whatever fails, what was served before is served again.
 */
import type { Deployment, Rollout, RolloutKind, RolloutStepName, Route } from "../../domain/deployment";
import type { DeploymentSettings } from "../../domain/deploymentSettings";
import { UserError } from "../../domain/errors";
import type { GateResult } from "../../domain/gate";
import type { Store } from "../../store/contract";
import { processIdentity } from "../../store/process";
import type { Access, ReadyBundle, ReadyRoute, ServingHandle, ServingPlan, ServingTarget } from "../contract";
import { letPass } from "../gates/letPass";
import { judgeLoad, loadTest, loadText } from "../load/loadTest";
import { readSample } from "../sample";
import { smokeTest } from "./smokeTest";
import { untilItAnswers } from "./untilItAnswers";

/** A version to serve; its bundle is made, or found, on the way. */
export type WantedRoute = Omit<Route, "bundle"> & { bundle?: string };

export interface Change {
  kind: RolloutKind;
  deployment: string;
  model: string;
  settings: DeploymentSettings;
  /** All that is to be served; empty: nothing any more. */
  routes: readonly WantedRoute[];
  /** Versions that have to pass the gates and the compatibility check first: those that are new. */
  checked: readonly number[];
  /** Why it is deployed though gates fail. */
  override?: string;
}

/** What the steps are made with: the rooms of this layer in the product. */
export interface RolloutTools {
  store: Store;
  target: ServingTarget;
  actor: string;
  /** What callers have to show with these settings; null: nothing. */
  tokenOf(settings: DeploymentSettings): string | null;
  /** Makes the version's bundle, or opens it. */
  bundle(route: WantedRoute, onProgress: (line: string) => void, signal: AbortSignal): Promise<ReadyBundle>;
  openBundle(route: Route): Promise<ReadyBundle>;
  gates(route: WantedRoute, bundle: () => Promise<ReadyBundle>, signal: AbortSignal): Promise<GateResult[]>;
  /** Notes that these were passed over, and why. */
  override(results: readonly GateResult[], reason: string): void;
  /** What came of it, in a sentence. Throws UserError when it would not run there. */
  compatibility(bundle: ReadyBundle, onProgress: (line: string) => void, signal: AbortSignal): Promise<string>;
  /** Ms that the endpoint may take until it answers as it should; default 15 s. */
  patience?: number;
  /** Told of each step as it begins, goes on and ends. */
  onStep?(step: { name: RolloutStepName; state: string; detail: string }): void;
}

/** The rollout as it ended: `reverted` and `failed` say why. Throws UserError when another one goes on. */
export async function rollOut(tools: RolloutTools, change: Change, signal: AbortSignal): Promise<Rollout> {
  const { store, target, actor } = tools;
  const before = store.deployments.ensure({ name: change.deployment, model: change.model, target: target.name });
  const routes = change.routes.map((route) => ({ bundle: "", ...route }));
  const { id } = store.deployments.begin(
    { deployment: change.deployment, kind: change.kind, routes, settings: change.settings, actor },
    processIdentity(),
  );
  const rollout = new RolloutRun(tools, change, before, id, signal);
  try {
    await rollout.run();
    store.deployments.end(id, change.routes.length === 0 ? "stopped" : "live", null);
  } catch (error) {
    const reason = (signal.aborted ? signal.reason : error) as Error;
    const said = reason instanceof UserError ? reason.message : `${reason}`;
    const undone = await rollout.revert();
    // Of what was being stopped, nobody knows how much is left.
    const end = undone === null && change.routes.length > 0 ? "reverted" : "failed";
    store.deployments.end(id, end, undone === null ? said : `${said} Going back failed too: ${undone}`);
    if (!(reason instanceof UserError)) throw error;
  } finally {
    await rollout.look();
  }
  return store.deployments.rollout(id)!;
}

/** A change in progress, with what it would have to undo. */
class RolloutRun {
  /** What the target has, as far as it is known. */
  private handle: ServingHandle | null;
  /** The target serves the new routes. */
  private applied = false;

  constructor(
    private readonly tools: RolloutTools,
    private readonly change: Change,
    private readonly before: Deployment,
    private readonly id: string,
    private readonly signal: AbortSignal,
  ) {
    this.handle = before.handle as ServingHandle | null;
  }

  async run(): Promise<void> {
    const { change, tools, signal } = this;
    if (change.routes.length === 0) return this.stop();
    const made = new Map<number, Promise<ReadyBundle>>();
    const bundleOf = (route: WantedRoute) => {
      const known = made.get(route.version) ?? this.bundle(route);
      made.set(route.version, known);
      return known;
    };
    for (const route of change.routes) if (this.isChecked(route)) await this.gates(route, () => bundleOf(route));
    const routes: ReadyRoute[] = [];
    for (const route of change.routes) {
      const ready = await bundleOf(route);
      routes.push({ ...route, bundle: ready.hash, ready });
    }
    tools.store.deployments.setRoutes(this.id, routes.map(withoutBundle));
    const plan = { ...this.plan(routes, change.settings), fresh: change.checked };
    await this.compatibility(plan);
    const handle = await tools.target.apply(
      plan,
      this.applyOptions((route, access) => this.verify(route, access), signal),
    );
    this.keep(handle);
    this.applied = true;
    this.closeOpenSteps();
    await this.step("confirm", this.signal, async () => this.confirm(plan, handle));
  }

  /** Null when what was served before is served again; else why it is not. */
  async revert(): Promise<string | null> {
    const { tools, before, change } = this;
    const signal = AbortSignal.timeout(tools.target.revertLimit ?? REVERT_MS);
    if (!this.applied) {
      this.closeOpenSteps("failed");
      return this.forgetBegun(signal);
    }
    try {
      await this.step("revert", signal, async () => {
        if (before.routes.length === 0) {
          await tools.target.undeploy(this.handle!, signal);
          return "Nothing was served before, and nothing is now.";
        }
        const routes: ReadyRoute[] = [];
        for (const route of before.routes) routes.push({ ...route, ready: await tools.openBundle(route) });
        // Those of what was deployed before they were kept are not known.
        const plan = this.plan(routes, before.settings ?? change.settings);
        const options = this.applyOptions(async () => {}, signal);
        const former = before.handle === null ? {} : { former: before.handle as ServingHandle };
        this.keep(await tools.target.apply(plan, { ...options, ...former }));
        return `Version ${champion(before.routes)} is served again.`;
      });
      return null;
    } catch (error) {
      return (error as Error).message;
    }
  }

  /** The target itself has taken back what it began. Null when nothing else is left; else what is. */
  private async forgetBegun(signal: AbortSignal): Promise<string | null> {
    const { tools, before, handle } = this;
    try {
      // What a target keeps for later, such as images, is of no use when nothing was ever served.
      if (handle && before.handle === null) await tools.target.undeploy(handle, signal);
    } catch (error) {
      // It may cost: it is not forgotten before it is gone, and undeployed by hand, or by the next change.
      return (error as Error).message;
    }
    this.keep(before.handle as ServingHandle | null);
    return null;
  }

  /** What the target says now. */
  async look(): Promise<void> {
    const { store, target } = this.tools;
    const now = store.deployments.get(this.change.deployment);
    if (!now?.handle) return;
    store.deployments.saw(now.name, await target.status(now.handle as ServingHandle, AbortSignal.timeout(LOOK_MS)));
  }

  private plan(routes: readonly ReadyRoute[], settings: DeploymentSettings): ServingPlan {
    return { name: this.change.deployment, settings, routes, token: this.tools.tokenOf(settings) };
  }

  private isChecked(route: WantedRoute): boolean {
    return this.change.checked.includes(route.version);
  }

  private async gates(route: WantedRoute, bundle: () => Promise<ReadyBundle>): Promise<void> {
    const { tools, change } = this;
    await this.step("gates", this.signal, async () => {
      const results = await tools.gates(route, bundle, this.signal);
      return letPass(route.version, results, { reason: change.override, keep: tools.override });
    });
  }

  private bundle(route: WantedRoute): Promise<ReadyBundle> {
    return this.step("bundle", this.signal, async (say) => {
      const bundle = await this.tools.bundle(route, say, this.signal);
      return [`Version ${route.version} is ready to be served: bundle ${bundle.hash.slice(0, 12)}.`, bundle] as const;
    });
  }

  private async compatibility(plan: ServingPlan): Promise<void> {
    const { tools, signal } = this;
    await this.step("compatibility", this.signal, async (say) => {
      const problems = await tools.target.check(plan, signal);
      const errors = problems.filter(({ severity }) => severity === "error");
      if (errors.length > 0) throw new UserError(errors.map(({ message }) => message).join(" "));
      const said = problems.map(({ message }) => message);
      for (const route of plan.routes) {
        if (this.isChecked(route)) said.push(await tools.compatibility(route.ready, say, signal));
      }
      return said.join(" ") || `The bundle was checked for ${tools.target.kind} before.`;
    });
  }

  private applyOptions(verify: (route: ReadyRoute, access: Access) => Promise<void>, signal: AbortSignal) {
    return {
      handle: this.handle,
      keep: (handle: ServingHandle) => this.keep(handle),
      onStep: (name: "start" | "switch" | "stop", detail: string) => {
        this.closeOpenSteps();
        this.write(name, "running", detail);
      },
      verify,
      signal,
    };
  }

  private async verify(route: ReadyRoute, access: Access): Promise<void> {
    this.closeOpenSteps();
    const { settings } = this.change;
    await this.step("smoke", this.signal, async () => smokeTest(route.ready, access, this.signal));
    if (!settings.load || !this.isChecked(route)) return;
    await this.step("load", this.signal, async () => {
      const sample = await readSample(route.ready);
      if (!sample) throw new UserError("A load test needs a sample input, and the bundle has none.");
      const result = await loadTest(access, JSON.stringify(sample.request), settings.load!, this.signal);
      judgeLoad(result, settings.load!);
      return `${loadText(result)}.`;
    });
  }

  /** As callers see it. */
  private async confirm(plan: ServingPlan, handle: ServingHandle): Promise<string> {
    const { target, patience = PATIENCE_MS } = this.tools;
    // A challenger may answer otherwise, and is asked as often as it should be.
    const access = pinned(target.access(handle, plan.token), champion(plan.routes));
    await untilItAnswers(plan.routes[0]!.ready, access, patience, this.signal);
    const served = await target.status(handle, this.signal);
    if (served.state !== "live") throw new UserError(served.detail ?? `The target says that it is ${served.state}.`);
    return `${served.endpoint ?? "The endpoint"} answers.`;
  }

  private async stop(): Promise<void> {
    await this.step("stop", this.signal, async () => {
      if (this.handle) await this.tools.target.undeploy(this.handle, this.signal);
      return "Nothing is served any more.";
    });
  }

  private keep(handle: ServingHandle | null): void {
    this.handle = handle;
    this.tools.store.deployments.setHandle(this.change.deployment, handle);
  }

  private open: { name: RolloutStepName; detail: string } | null = null;

  private write(name: RolloutStepName, state: "running" | "done" | "failed", detail: string): void {
    this.open = state === "running" ? { name, detail } : null;
    this.tools.store.deployments.step(this.id, { name, state, detail });
    this.tools.onStep?.({ name, state, detail });
  }

  /** Of those that the target began and never ends itself. */
  private closeOpenSteps(state: "done" | "failed" = "done"): void {
    if (this.open) this.write(this.open.name, state, this.open.detail);
  }

  /** `body` gives what came of it, perhaps with a value. */
  private async step<T = void>(
    name: RolloutStepName,
    signal: AbortSignal,
    body: (say: (line: string) => void) => Promise<string | readonly [string, T]>,
  ): Promise<T> {
    signal.throwIfAborted();
    this.write(name, "running", STEP_TEXTS[name]);
    try {
      const result = await body((line) => this.write(name, "running", line));
      const [detail, value] = typeof result === "string" ? [result, undefined as T] : result;
      this.write(name, "done", detail);
      return value;
    } catch (error) {
      this.write(name, "failed", (error as Error).message);
      throw error;
    }
  }
}

/** Ms that going back may take, and asking how it stands. */
const REVERT_MS = 300_000;
const LOOK_MS = 30_000;
const PATIENCE_MS = 15_000;

const STEP_TEXTS: Record<RolloutStepName, string> = {
  gates: "Running the gates",
  bundle: "Making the bundle",
  compatibility: "Starting the bundle as the target would",
  start: "Starting the new version",
  smoke: "Sending the sample",
  load: "Testing under load",
  switch: "Giving it the requests",
  confirm: "Asking the endpoint",
  stop: "Stopping",
  revert: "Going back",
};

/** Asks this version only. */
function pinned(access: Access, version: number): Access {
  const request: Access["request"] = (path, options = {}) =>
    access.request(path, { ...options, headers: { ...options.headers, "x-modeltrail-version": String(version) } });
  return { ...access, request };
}

const withoutBundle = ({ ready: _, ...route }: ReadyRoute): Route => route;

function champion(routes: readonly Route[]): number {
  return routes.find(({ role }) => role === "champion")!.version;
}
