/**
 * Bringing an endpoint of Vertex AI to what a plan says, without a request that fails. An endpoint shares its requests by
 * numbers only, and so nobody can ask a version that gets none: where callers are served already, a new version is first tried
 * on an endpoint of its own.
 */
import { isDeepStrictEqual } from "node:util";
import { type CloudChange, carryOut } from "../cloud/carryOut";
import { imageOf } from "../cloud/imageOf";
import { wholeShares } from "../cloud/shares";
import type { Access, ApplyOptions, ReadyRoute, ServingPlan } from "../contract";
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
  options.keep(made.handle);
  const change = new VertexChange(made, plan, options);
  await carryOut(plan, options, change);
  return change.handle;
}

class VertexChange implements CloudChange<Part> {
  handle: VertexHandle;
  private isMade = false;
  /** Ids of models that are deployed to the endpoint, of those that were given requests, and of those that still get them. */
  private deployed: string[] = [];
  private known: string[] = [];
  private served: string[] = [];
  private split: Readonly<Record<string, number>> = {};
  private before: Readonly<Record<string, number>> = {};
  /** Begun for this. */
  private readonly fresh: Part[] = [];

  constructor(
    private readonly made: VertexApplication,
    private readonly plan: ServingPlan,
    private readonly options: ApplyOptions,
  ) {
    this.handle = made.handle;
  }

  private keep(part: Partial<VertexHandle>): void {
    this.handle = { ...this.handle, ...part };
    this.options.keep(this.handle);
  }

  async look(): Promise<void> {
    const state = await describeEndpoint(this.made.place, this.handle.endpoint, this.options.signal);
    if (!state) return;
    this.isMade = true;
    this.deployed = state.deployed;
    this.split = this.before = state.split;
    // One may have all requests of an endpoint that nobody knows yet, and was not tried to the end.
    this.known = this.handle.routes.map(({ deployed }) => deployed).filter((id) => state.deployed.includes(id));
    this.served = this.known.filter((id) => (state.split[id] ?? 0) > 0);
  }

  async open(): Promise<void> {
    if (this.isMade) return;
    const { signal, onStep } = this.options;
    onStep("start", `Making the endpoint ${this.handle.endpoint}`);
    await createEndpoint(this.made.place, this.handle.endpoint, this.plan.name, signal);
  }

  async giveRequests(parts: readonly Part[]): Promise<Access> {
    const { made, plan, options } = this;
    options.onStep("switch", `Giving the requests to version ${plan.routes[0]!.version}`);
    const shares = wholeShares(plan.routes.map(({ percent }) => percent));
    await this.share(Object.fromEntries(parts.map(({ deployed }, at) => [deployed, shares[at]!])));
    return made.accessTo(this.handle.endpoint, parts[0]!.deployed);
  }

  async giveBack(signal: AbortSignal): Promise<void> {
    if (this.served.length === 0) return;
    await setSplit(this.made.place, this.handle.endpoint, this.before, signal);
  }

  keepServed(parts: readonly Part[]): void {
    const { routes } = this.plan;
    this.keep({ routes: routes.map(({ version, role }, at) => ({ version, role, deployed: parts[at]!.deployed })) });
  }

  private async share(split: Readonly<Record<string, number>>): Promise<void> {
    const told = Object.fromEntries(Object.entries(split).filter(([, percent]) => percent > 0));
    if (isDeepStrictEqual(told, this.split)) return;
    await setSplit(this.made.place, this.handle.endpoint, told, this.options.signal);
    this.split = told;
  }

  async bringUp(route: ReadyRoute): Promise<Part> {
    const { made, plan, handle } = this;
    const signature = signatureOf(route, plan, made.settings);
    const same = handle.parts.filter((part) => part.signature === signature);
    const running = same.find(({ deployed }) => this.known.includes(deployed));
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

  async tidy(parts: readonly Part[], signal: AbortSignal): Promise<void> {
    const { made, handle, options } = this;
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

  async takeBack(signal: AbortSignal): Promise<void> {
    const { made, fresh, handle } = this;
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
