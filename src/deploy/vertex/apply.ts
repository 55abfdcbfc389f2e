/**
 * Bringing an endpoint of Vertex AI to what a plan says, without a request that fails. An endpoint shares its requests by
 * numbers only, and so nobody can ask a version that gets none: where callers are served already, a new version is first tried
 * on an endpoint of its own.
 */
import { isDeepStrictEqual } from "node:util";
import { imageOf } from "../cloud/imageOf";
import { wholeShares } from "../cloud/shares";
import type { Access, ApplyOptions, ReadyRoute, ServingPlan } from "../contract";
import { untilItAnswers } from "../rollout/untilItAnswers";
import {
  clearSplit,
  createEndpoint,
  deployModel,
  describeEndpoint,
  endWork,
  type Place,
  removeEndpoint,
  setSplit,
  undeployModel,
} from "./endpoint";
import type { VertexSettings } from "./gcloud";
import { checkEndpointOf, newNames, type Part, type VertexHandle } from "./handle";
import { artifactsOf, hasModel, removePart, sendBundle, signatureOf, uploadModel } from "./model";
import { undeploy } from "./undeploy";

/** Ms that taking back what was begun may take. */
const BACK_MS = 240_000;
/** Ms until what was told of shares holds. */
const PATIENCE_MS = 60_000;

export interface VertexApplication {
  place: Place;
  settings: VertexSettings;
  handle: VertexHandle;
  /** To one deployed model of an endpoint. */
  accessTo(endpoint: string, deployed: string): Access;
}

/** Throws UserError; then what was served is served still, and what was begun is gone. */
export async function applyPlan(
  made: VertexApplication,
  plan: ServingPlan,
  options: ApplyOptions,
): Promise<VertexHandle> {
  return new Application(made, plan, options).run();
}

class Application {
  private handle: VertexHandle;
  /** Ids of models that are deployed to the endpoint, of those that were given requests, and of those that still get them. */
  private deployed: string[] = [];
  private known: string[] = [];
  private served: string[] = [];
  private split: Readonly<Record<string, number>> = {};
  /** Begun for this. */
  private readonly fresh: Part[] = [];

  constructor(
    private readonly made: VertexApplication,
    private readonly plan: ServingPlan,
    private readonly options: ApplyOptions,
  ) {
    this.handle = made.handle;
  }

  async run(): Promise<VertexHandle> {
    const { plan, options } = this;
    const parts: Part[] = [];
    this.keep({});
    try {
      await this.open();
      for (const route of plan.routes) parts.push(await this.bringUp(route));
      options.onStep("switch", `Giving the requests to version ${plan.routes[0]!.version}`);
      await this.giveRequests(parts);
    } catch (error) {
      await this.takeBack().catch((left: Error) => options.onStep("stop", `Some of it is left: ${left.message}`));
      throw options.signal.aborted ? options.signal.reason : error;
    }
    this.keep({
      routes: plan.routes.map(({ version, role }, at) => ({ version, role, deployed: parts[at]!.deployed })),
    });
    await this.tidy(parts);
    return this.handle;
  }

  /** Until the champion answers at the endpoint; else they are shared as before, while all that had them is still there. */
  private async giveRequests(parts: readonly Part[]): Promise<void> {
    const { made, plan, options, split: before } = this;
    const shares = wholeShares(plan.routes.map(({ percent }) => percent));
    try {
      await this.share(Object.fromEntries(parts.map(({ deployed }, at) => [deployed, shares[at]!])));
      const access = made.accessTo(this.handle.endpoint, parts[0]!.deployed);
      await untilItAnswers(plan.routes[0]!.ready, access, PATIENCE_MS, options.signal);
    } catch (error) {
      const signal = AbortSignal.timeout(BACK_MS);
      if (this.served.length > 0) await setSplit(made.place, this.handle.endpoint, before, signal);
      throw error;
    }
  }

  private keep(part: Partial<VertexHandle>): void {
    this.handle = { ...this.handle, ...part };
    this.options.keep(this.handle);
  }

  /** The endpoint is there afterwards. */
  private async open(): Promise<void> {
    const { place } = this.made;
    const { signal, onStep } = this.options;
    const state = await describeEndpoint(place, this.handle.endpoint, signal);
    if (!state) {
      onStep("start", `Making the endpoint ${this.handle.endpoint}`);
      await createEndpoint(place, this.handle.endpoint, this.plan.name, signal);
      return;
    }
    this.deployed = state.deployed;
    this.split = state.split;
    // One may have all requests of an endpoint that nobody knows yet, and was not tried to the end.
    this.known = this.handle.routes.map(({ deployed }) => deployed).filter((id) => state.deployed.includes(id));
    this.served = this.known.filter((id) => (state.split[id] ?? 0) > 0);
  }

  private async share(split: Readonly<Record<string, number>>): Promise<void> {
    const told = Object.fromEntries(Object.entries(split).filter(([, percent]) => percent > 0));
    if (isDeepStrictEqual(told, this.split)) return;
    await setSplit(this.made.place, this.handle.endpoint, told, this.options.signal);
    this.split = told;
  }

  /** Deployed and tried; without requests where others are served. */
  private async bringUp(route: ReadyRoute): Promise<Part> {
    const { made, plan, handle } = this;
    const signature = signatureOf(route, plan, made.settings);
    const same = handle.parts.filter((part) => part.signature === signature);
    const running = same.find(({ deployed }) => this.served.includes(deployed));
    if (running) return running;
    const part = await this.register(route, signature, same[0]);
    if (this.served.length > 0) await this.tryApart(route, part);
    const isFirst = this.deployed.length === 0;
    if (!this.deployed.includes(part.deployed)) {
      this.options.onStep("start", `Deploying version ${route.version}: this takes Vertex AI some minutes`);
      await deployModel(made.place, handle.endpoint, { ...part, isFirst }, made.settings, this.options.signal);
      this.deployed.push(part.deployed);
      if (isFirst) this.split = { [part.deployed]: 100 };
    }
    if (this.served.length === 0) {
      await this.share({ [part.deployed]: 100 });
      await this.options.verify(route, made.accessTo(handle.endpoint, part.deployed));
    }
    return part;
  }

  /** `begun`: by somebody who died then. */
  private async register(route: ReadyRoute, signature: string, begun: Part | undefined): Promise<Part> {
    const { made, handle, plan } = this;
    const { place, settings } = made;
    const { signal, onStep } = this.options;
    const { version } = route;
    const artifacts = artifactsOf(handle, route, settings);
    const part = begun ?? { version, signature, artifacts, ...newNames(handle, version) };
    this.fresh.push(part);
    if (begun && (await hasModel(place, begun.model, signal))) return begun;
    if (!begun) this.keep({ parts: [...handle.parts, part] });
    if (artifacts !== null) {
      onStep("start", `Copying version ${version} to ${artifacts}`);
      await sendBundle(place, route.ready.folder, artifacts, signal);
    }
    onStep("start", `Registering version ${version} with the image ${imageOf(settings.image, route.ready)}`);
    await uploadModel(place, part, { endpoint: handle.endpoint, route, plan, settings }, signal);
    return part;
  }

  /** On an endpoint that nobody else knows, and that is gone afterwards. */
  private async tryApart(route: ReadyRoute, part: Part): Promise<void> {
    const { made, handle, options } = this;
    const { place, settings } = made;
    const { signal, verify, onStep } = options;
    const check = checkEndpointOf(handle);
    onStep("start", `Deploying version ${route.version} to an endpoint of its own, to try it: this takes some minutes`);
    const make = () => createEndpoint(place, check, `${handle.name} (check)`, signal);
    if (!(await make())) {
      // Left by somebody who died.
      await removeEndpoint(place, check, signal);
      await make();
    }
    const one = { ...settings, minReplicas: 1, maxReplicas: 1 };
    await deployModel(place, check, { ...part, isFirst: true }, one, signal);
    await verify(route, made.accessTo(check, part.deployed));
    onStep("start", `Removing the endpoint where version ${route.version} was tried`);
    await removeEndpoint(place, check, signal);
  }

  /** The new version is served: whatever fails now, it is no fault of this change, and goes with the next. */
  private async tidy(parts: readonly Part[]): Promise<void> {
    const { made, handle, options } = this;
    const signal = AbortSignal.any([options.signal, AbortSignal.timeout(BACK_MS)]);
    const needed = new Set(parts.map(({ deployed }) => deployed));
    const left: Part[] = [];
    for (const id of this.deployed.filter((one) => !needed.has(one))) {
      options.onStep("stop", "Taking off the endpoint what is not needed any more");
      await undeployModel(made.place, handle.endpoint, id, signal).catch(() => {});
    }
    for (const part of handle.parts.filter(({ deployed }) => !needed.has(deployed))) {
      await removePart(made.place, part, handle.parts, signal).catch(() => left.push(part));
    }
    this.keep({ parts: [...new Set([...parts, ...left])] });
  }

  private async takeBack(): Promise<void> {
    const { made, fresh, handle } = this;
    const signal = AbortSignal.timeout(BACK_MS);
    if (this.known.length === 0) {
      await undeploy(made.place, handle, signal);
      return this.keep({ parts: [] });
    }
    await removeEndpoint(made.place, checkEndpointOf(handle), signal);
    await endWork(made.place, handle.endpoint, signal);
    // Somebody had taken all requests off the endpoint, and ours was tried there.
    if (this.served.length === 0) await clearSplit(made.place, handle.endpoint, signal);
    for (const part of fresh) {
      await undeployModel(made.place, handle.endpoint, part.deployed, signal);
      await removePart(made.place, part, handle.parts, signal);
    }
    this.keep({ parts: handle.parts.filter((part) => !fresh.includes(part)) });
  }
}
