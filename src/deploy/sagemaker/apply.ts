/** Bringing an endpoint of SageMaker to what a plan says, without a request that fails. */
import { UserError } from "../../domain/errors";
import { maskText } from "../../domain/secrets";
import { CloudError } from "../cloud/program";
import { BACK_MS } from "../cloud/times";
import type { ApplyOptions, ServingPlan } from "../contract";
import { accessVariant } from "./access";
import { requireAccount } from "./account";
import {
  createEndpoint,
  describeEndpoint,
  type EndpointState,
  isShared,
  keepConfig,
  type Place,
  readConfig,
  removeEndpoint,
  settled,
  setWeights,
  updateEndpoint,
  type Waiting,
} from "./endpoint";
import type { SageMakerHandle, Served } from "./handle";
import { readLog } from "./log";
import { keepModel } from "./model";
import { sameShape, tryName } from "./names";
import { removeAll, tidy } from "./remove";
import {
  apartConfig,
  type ConfigBody,
  nameOfConfig,
  type SageMakerSettings,
  trialConfig,
  triesApart,
  type Variant,
  variantsOf,
  weightsOf,
  wholeConfig,
  withWeights,
} from "./variants";

/** Of what did not come up. */
const SHOWN_LINES = 12;
const LOG_MS = 30_000;

export interface SageMakerApplication {
  place: Place;
  settings: SageMakerSettings;
  handle: SageMakerHandle;
}

/** Throws UserError; then what was served is served still, and what was begun is gone. */
export async function applyPlan(
  made: SageMakerApplication,
  plan: ServingPlan,
  options: ApplyOptions,
): Promise<SageMakerHandle> {
  return new Application(made, plan, options).run();
}

/** What the endpoint serves when the change begins, or served when the last one had come to its end. */
interface Base extends Served {
  body: ConfigBody;
}

type Step = "start" | "switch" | "stop";

class Application {
  private readonly place: Place;
  private readonly settings: SageMakerSettings;
  private readonly handle: SageMakerHandle;
  /** An endpoint that nobody knows. */
  private readonly apart: Place;

  constructor(
    made: SageMakerApplication,
    private readonly plan: ServingPlan,
    private readonly options: ApplyOptions,
  ) {
    this.place = made.place;
    this.settings = made.settings;
    this.handle = made.handle;
    this.apart = { ...made.place, endpoint: tryName(made.handle.endpoint) };
  }

  async run(): Promise<SageMakerHandle> {
    const { handle, options } = this;
    await this.refuseForeign();
    options.keep(handle);
    const live = await this.usable();
    const base = live === null ? null : await this.base();
    try {
      const wanted = await this.models();
      const config = await this.bringIn(live, base, wanted);
      const served = { config, variants: wanted };
      const isOther = base !== null && modelsOf(base) !== modelsOf(served);
      const after = { ...handle, served, former: isOther ? handle.served : handle.former };
      await this.tidy(after);
      return after;
    } catch (error) {
      const failed = await this.takeBack(base);
      if (failed !== null) options.onStep("stop", failed);
      options.signal.throwIfAborted();
      if (failed !== null) throw new UserError(`${said(error)} ${failed}`, { cause: error });
      throw error;
    }
  }

  /** Nobody else's endpoint is changed because it has the name that ours is to have. */
  private async refuseForeign(): Promise<void> {
    const { options, place, handle, settings } = this;
    if (options.handle !== null || settings.endpoint === undefined) return;
    if (!(await describeEndpoint(place, options.signal))) return;
    throw new UserError(
      `SageMaker has an endpoint ${handle.endpoint} already, and not of this deployment. Name another as \`endpoint\` of the target, or delete that one.`,
    );
  }

  /** Null when there is none yet, or one that can only be deleted. */
  private async usable(): Promise<EndpointState | null> {
    const { place, options, handle } = this;
    if (options.handle === null) return null;
    const onWait = (doing: string) => options.onStep("start", `Waiting for the endpoint ${handle.endpoint}: ${doing}`);
    // Before anything of that name is touched that is in another account.
    await requireAccount(place, handle, options.signal);
    const [state] = await Promise.all([
      settled(place, { signal: options.signal, onWait }),
      // Whoever died while a version was tried there has left it.
      removeEndpoint(this.apart, options.signal),
    ]);
    if (state?.EndpointStatus !== "Failed") return state;
    await removeEndpoint(place, options.signal);
    return null;
  }

  private async base(): Promise<Base | null> {
    const { place, options, settings } = this;
    const { served } = this.handle;
    if (served === null) return null;
    const known = await readConfig(place, served.config, options.signal);
    if (known) return { ...served, body: withWeights(known, weightsOf(served.variants)) };
    // An endpoint goes on without the configuration that somebody has deleted, but could not be brought back to it.
    const body = wholeConfig(settings, served.variants);
    return { ...served, config: await keepConfig(place, body, options.signal), body };
  }

  private async models(): Promise<Variant[]> {
    const { place, settings, handle, plan, options } = this;
    const onStep = (detail: string) => options.onStep("start", detail);
    const models: string[] = [];
    for (const { ready } of plan.routes) {
      models.push(await keepModel(place, settings, handle, ready, { onStep, signal: options.signal }));
    }
    return variantsOf(settings, plan.routes, models, handle.endpoint);
  }

  /** The name of the configuration that the endpoint has then. */
  private async bringIn(live: EndpointState | null, base: Base | null, wanted: readonly Variant[]): Promise<string> {
    const served = new Set(base?.variants.map(({ model }) => model));
    const fresh = wanted.filter(({ model }) => !served.has(model));
    if (fresh.length === 0) return this.switchTo(live!, wanted, false);
    if (base === null || !triesApart(this.settings)) {
      return this.switchTo(await this.tryBeside(live, base, fresh), wanted, true);
    }
    await this.tryApart(fresh);
    return this.switchTo(live!, wanted, false);
  }

  /** In the endpoint itself, which gives them no request but ours. */
  private async tryBeside(
    live: EndpointState | null,
    base: Base | null,
    fresh: readonly Variant[],
  ): Promise<EndpointState> {
    const { place, settings, options } = this;
    const body = trialConfig(settings, base?.body ?? null, fresh);
    const config = await keepConfig(place, body, options.signal);
    const waiting = this.waiting("start", `Starting ${versionsText(fresh)} at ${this.handle.endpoint}`);
    const state = await this.bringUp(place, fresh, async () => {
      if (live === null) return createEndpoint(place, config, waiting);
      return live.EndpointConfigName === config ? live : updateEndpoint(place, config, waiting);
    });
    await this.verify(place, fresh, body);
    return state;
  }

  /** At an endpoint of its own, that goes again. */
  private async tryApart(fresh: readonly Variant[]): Promise<void> {
    const { settings, options, apart: place } = this;
    const body = apartConfig(settings, fresh);
    // Under the name of the endpoint that it is for, to be found with the others.
    const config = await keepConfig(this.place, body, options.signal);
    const waiting = this.waiting("start", `Starting ${versionsText(fresh)} at ${place.endpoint}, to be tried`);
    await this.bringUp(place, fresh, () => createEndpoint(place, config, waiting));
    await this.verify(place, fresh, body);
    // When that fails, it goes with the rest.
    await removeEndpoint(place, options.signal);
  }

  /** When SageMaker says no more than that they are not well, they may have said why themselves. */
  private async bringUp<T>(place: Place, fresh: readonly Variant[], action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof UserError) || error instanceof CloudError) throw error;
      const names = fresh.map(({ name }) => name);
      const lines = await readLog(place, SHOWN_LINES, AbortSignal.timeout(LOG_MS), names).catch(() => []);
      if (lines.length === 0) throw error;
      const printed = maskText(lines.map((line) => `  ${line}`).join("\n"));
      throw new UserError(`${error.message}\nIt printed last:\n${printed}`, { cause: error });
    }
  }

  private async verify(place: Place, fresh: readonly Variant[], { ProductionVariants }: ConfigBody): Promise<void> {
    const { plan, options } = this;
    for (const { version, name } of fresh) {
      const route = plan.routes.find((one) => one.version === version)!;
      // Where it is alone, nobody else could answer.
      await options.verify(route, accessVariant(place, ProductionVariants.length > 1 ? name : null));
    }
  }

  /** The name of the configuration that the endpoint has then. `isIn`: what is new is in the endpoint, and has been tried. */
  private async switchTo(live: EndpointState, wanted: readonly Variant[], isIn: boolean): Promise<string> {
    const { settings, options, handle } = this;
    const champion = wanted.find(({ role }) => role === "champion")!;
    const doing = `Giving the requests at ${handle.endpoint} to version ${champion.version}`;
    options.signal.throwIfAborted();
    options.onStep("switch", doing);
    const body = wholeConfig(settings, wanted);
    const now = live.EndpointConfigName!;
    const isSame = sameShape(now, nameOfConfig(handle.endpoint, body));
    // At once, with what runs already; what gets nothing any more goes afterwards.
    const hasAll = (isSame || !triesApart(settings)) && (await this.share(live, weightsOf(wanted), doing));
    if (isSame) return now;
    if (!hasAll) return this.exchange(live, body, "switch", doing);
    const isWhole = isIn && body.ShadowProductionVariants === undefined;
    return this.exchange(live, body, "stop", "Keeping only what is needed").catch((error) => {
      // All that is wanted is served: it is not given up because something else stays, too.
      if (!isWhole || options.signal.aborted) throw error;
      options.onStep("stop", `What is not needed any more stays, and costs, until the next change. ${said(error)}`);
      return now;
    });
  }

  /** False when not all of them are in the endpoint. */
  private async share(
    state: EndpointState,
    weights: ReadonlyMap<string, number>,
    doing: string,
    signal = this.options.signal,
  ): Promise<boolean> {
    const names = state.ProductionVariants?.map(({ VariantName }) => VariantName) ?? [];
    if (![...weights.keys()].every((name) => names.includes(name))) return false;
    // One alone gets all of them, whatever its weight.
    if (names.length < 2 || isShared(state, weights)) return true;
    const shares = new Map(names.map((name) => [name, weights.get(name) ?? 0]));
    const onWait = (said: string) => this.options.onStep("switch", `${doing}: ${said}`);
    await setWeights(this.place, shares, { signal, onWait });
    return true;
  }

  private async exchange(
    { ProductionVariants: there = [] }: EndpointState,
    body: ConfigBody,
    step: Step,
    doing: string,
  ): Promise<string> {
    const { place, settings, options } = this;
    const config = await keepConfig(place, body, options.signal);
    const { alarms = [] } = settings;
    // SageMaker watches only where versions take each other's place.
    const names = (bodies: readonly { VariantName: string }[]) => bodies.map((one) => one.VariantName).sort();
    const isWatched = alarms.length > 0 && `${names(body.ProductionVariants)}` === `${names(there)}`;
    await updateEndpoint(place, config, { ...this.waiting(step, doing), guard: isWatched ? { alarms } : null });
    return config;
  }

  /** The new version is served: whatever fails now, it is no fault of this change. */
  private async tidy({ served, former }: SageMakerHandle): Promise<void> {
    const { handle, options, place } = this;
    // A first change has left nothing.
    if (options.handle === null) return;
    try {
      await tidy(
        place,
        handle,
        [served, former].filter((one) => one !== null),
        options.signal,
      );
    } catch {
      // It goes with the deployment.
    }
  }

  /** Null when all is as it was; else what is not. */
  private async takeBack(base: Base | null): Promise<string | null> {
    const { handle, place, options } = this;
    const signal = AbortSignal.timeout(BACK_MS);
    const waiting: Waiting = { signal, onWait: (doing) => options.onStep("stop", `Going back: ${doing}`) };
    try {
      options.onStep("stop", "Going back, which takes as long as SageMaker does");
      await removeEndpoint(this.apart, signal);
      if (base !== null) {
        await this.restore(base, waiting);
        await tidy(
          place,
          handle,
          [base, handle.former].filter((one) => one !== null),
          signal,
        );
      } else {
        await removeAll(place, handle, signal);
      }
      return null;
    } catch (error) {
      return `Going back to what was served before failed, too: ${said(error)}`;
    }
  }

  private async restore({ config, variants }: Base, waiting: Waiting): Promise<void> {
    const { place } = this;
    const weights = weightsOf(variants);
    const share = (state: EndpointState) => this.share(state, weights, "Going back", waiting.signal);
    const state = await settled(place, waiting);
    if (state === null || state.EndpointStatus === "Failed") {
      await removeEndpoint(place, waiting.signal);
      await share(await createEndpoint(place, config, waiting));
      return;
    }
    const isThere = state.EndpointConfigName === config;
    // At once, and without asking for machines that there may be none of; not with what took the place of what was served.
    if (isThere || !triesApart(this.settings)) await share(state);
    if (isThere) return;
    // The configuration has the weights that it began with.
    await share(await updateEndpoint(place, config, waiting));
  }

  private waiting(step: Step, detail: string): Waiting {
    const { options } = this;
    options.onStep(step, detail);
    return { signal: options.signal, onWait: (doing) => options.onStep(step, `${detail}: ${doing}`) };
  }
}

const modelsOf = ({ variants }: Served): string => `${variants.map(({ model }) => model).sort()}`;

const versionsText = (fresh: readonly Variant[]): string =>
  `version ${fresh.map(({ version }) => version).join(" and ")}`;

const said = (error: unknown): string => (error as Error).message;
