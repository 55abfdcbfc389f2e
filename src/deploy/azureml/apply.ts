/** Bringing an endpoint of Azure ML to what a plan says, without a request that fails. */
import { type CloudChange, carryOut } from "../cloud/carryOut";
import { CloudError } from "../cloud/program";
import { wholeShares } from "../cloud/shares";
import type { Access, ApplyOptions, ReadyRoute, ServingPlan } from "../contract";
import type { AzureSettings, Workspace } from "./az";
import {
  createDeployment,
  createEndpoint,
  deleteDeployment,
  describeEndpoint,
  type EndpointState,
  readLog,
  removeEndpoint,
  SUCCEEDED,
  setTraffic,
} from "./endpoint";
import { signatureOf, withFolder, writeDeployment, writeEndpoint } from "./files";
import { type AzureHandle, newDeployment, type Part } from "./handle";

/** Per cent of the requests that Azure copies at most. */
export const MOST_COPIES = 50;
/** Lines of a version that did not come up: so many are looked through for what it fell over, and so many are told. */
const LOG_LINES = 200;
const TOLD_LINES = 8;
const FAULT = /^(?:\w+\.)*\w*(?:Error|Exception): ./;

export interface AzureApplication {
  place: Workspace;
  settings: AzureSettings;
  handle: AzureHandle;
  /** To one deployment, or by their shares. */
  accessTo(url: string | null, deployment: string | undefined): Access;
}

type Shares = Pick<EndpointState, "traffic" | "mirrored">;

/** Throws UserError; then what was served is served still, and what was begun is gone. */
export async function applyPlan(
  made: AzureApplication,
  plan: ServingPlan,
  options: ApplyOptions,
): Promise<AzureHandle> {
  options.keep(made.handle);
  const change = new AzureChange(made, plan, options);
  await carryOut(plan, options, change);
  return change.handle;
}

class AzureChange implements CloudChange<Part> {
  handle: AzureHandle;
  private isMade = false;
  /** Names of all that is deployed, of those that were given requests, whatever has become of them, and of those that are up. */
  private deployed = new Map<string, string>();
  private known: string[] = [];
  private served: string[] = [];
  private before: Shares | undefined;
  private next: Shares | undefined;
  /** Begun for this. */
  private readonly fresh: Part[] = [];

  constructor(
    private readonly made: AzureApplication,
    private readonly plan: ServingPlan,
    private readonly options: ApplyOptions,
  ) {
    this.handle = made.handle;
  }

  private keep(part: Partial<AzureHandle>): void {
    this.handle = { ...this.handle, ...part };
    this.options.keep(this.handle);
  }

  async look(): Promise<void> {
    const { endpoint, routes } = this.handle;
    const state = await describeEndpoint(this.made.place, endpoint, this.options.signal);
    if (!state) return;
    this.isMade = true;
    this.deployed = new Map(state.deployments);
    this.before = state;
    this.known = routes.map(({ deployment }) => deployment).filter((one) => this.deployed.has(one));
    this.served = this.known.filter((one) => this.isUp(one));
    this.keep({ url: state.url });
  }

  async open(): Promise<void> {
    if (this.isMade) return;
    const { place } = this.made;
    const { endpoint, name } = this.handle;
    const { signal, onStep } = this.options;
    onStep("start", `Making the endpoint ${endpoint}`);
    const make = async (folder: string) => createEndpoint(place, await writeEndpoint(folder, endpoint, name), signal);
    this.keep({ url: await withFolder(make) });
  }

  private isUp(deployment: string): boolean {
    return this.deployed.get(deployment) === SUCCEEDED;
  }

  async bringUp(route: ReadyRoute): Promise<Part> {
    const { made, plan, options, handle } = this;
    const signature = signatureOf(route, plan, made.settings);
    const same = handle.parts.filter((part) => part.signature === signature);
    const running = same.find(({ deployment }) => this.served.includes(deployment));
    if (running) return running;
    const begun = same.find(({ deployment }) => this.isUp(deployment));
    const part = begun ?? { version: route.version, signature, deployment: newDeployment(route.version) };
    this.fresh.push(part);
    if (!begun) {
      this.keep({ parts: [...handle.parts, part] });
      await this.deploy(route, part);
    }
    await options.verify(route, made.accessTo(this.handle.url, part.deployment));
    return part;
  }

  private async deploy(route: ReadyRoute, { deployment: name }: Part): Promise<void> {
    const { made, plan, options } = this;
    const { endpoint } = this.handle;
    options.onStep("start", `Deploying version ${route.version} as ${name}: this takes Azure some minutes`);
    try {
      await withFolder(async (folder) => {
        const file = await writeDeployment(folder, { endpoint, name }, route, plan, made.settings);
        await createDeployment(made.place, file, `deploy version ${route.version}`, options.signal);
      });
      this.deployed.set(name, SUCCEEDED);
    } catch (error) {
      this.deployed.set(name, "Failed");
      throw error instanceof CloudError ? await this.withLog(error, name) : error;
    }
  }

  /** What it printed goes with it, and often says more. */
  private async withLog(error: CloudError, name: string): Promise<CloudError> {
    const { made, handle, options } = this;
    const lines = await readLog(made.place, handle.endpoint, name, LOG_LINES, options.signal).catch(() => []);
    const faults = lines.filter((line) => FAULT.test(line));
    const told = (faults.length > 0 ? faults : lines).slice(-TOLD_LINES);
    if (told.length === 0) return error;
    return new CloudError(`${error.message}\n  It printed:\n  ${told.join("\n  ")}`, error.said);
  }

  async giveRequests(parts: readonly Part[]): Promise<Access> {
    const { made, plan, options } = this;
    const { endpoint, url } = this.handle;
    options.onStep("switch", `Giving the requests at ${url ?? endpoint} to version ${plan.routes[0]!.version}`);
    this.next = this.shares(parts);
    await setTraffic(made.place, endpoint, this.completed(this.next, this.before), options.signal);
    const isShared = Object.values(this.next.traffic).filter((percent) => percent > 0).length > 1;
    // By its name it answers without a share, too.
    return made.accessTo(url, isShared ? parts[0]!.deployment : undefined);
  }

  async giveBack(signal: AbortSignal): Promise<void> {
    if (!this.before || this.known.length === 0) return;
    const shares = this.completed(this.before, this.next);
    await setTraffic(this.made.place, this.handle.endpoint, shares, signal);
  }

  keepServed(parts: readonly Part[]): void {
    const { routes } = this.plan;
    this.keep({
      routes: routes.map(({ version, role }, at) => ({ version, role, deployment: parts[at]!.deployment })),
    });
  }

  private shares(parts: readonly Part[]): Shares {
    const { routes } = this.plan;
    const named = routes.map(({ role, percent }, at) => ({ role, percent, name: parts[at]!.deployment }));
    const answering = named.filter(({ role }) => role !== "shadow");
    const whole = wholeShares(answering.map(({ percent }) => percent));
    const traffic = answering.map(({ name }, at) => [name, whole[at]!]);
    const copies = named.filter(({ role }) => role === "shadow");
    const mirrored = copies.map(({ name, percent }) => [name, Math.min(Math.round(percent), MOST_COPIES)]);
    return { traffic: Object.fromEntries(traffic), mirrored: Object.fromEntries(mirrored) };
  }

  /** Those that had some and get none any more have to be told. */
  private completed({ traffic, mirrored }: Shares, before: Shares | undefined): Shares {
    const nothing = (names: Iterable<string>) => Object.fromEntries([...names].map((name) => [name, 0]));
    return {
      traffic: { ...nothing(this.deployed.keys()), ...traffic },
      mirrored: { ...nothing(Object.keys(before?.mirrored ?? {})), ...mirrored },
    };
  }

  async tidy(parts: readonly Part[], signal: AbortSignal): Promise<void> {
    const { made, handle, options } = this;
    const needed = new Set(parts.map(({ deployment }) => deployment));
    const left: Part[] = [];
    for (const name of [...this.deployed.keys()].filter((one) => !needed.has(one))) {
      options.onStep("stop", `Removing ${name}`);
      await deleteDeployment(made.place, handle.endpoint, name, signal).catch(() => {
        left.push(...handle.parts.filter(({ deployment }) => deployment === name));
      });
    }
    this.keep({ parts: [...new Set([...parts, ...left])] });
  }

  async takeBack(signal: AbortSignal): Promise<void> {
    const { made, fresh } = this;
    const { endpoint, parts } = this.handle;
    if (this.known.length === 0) {
      await removeEndpoint(made.place, endpoint, signal);
      return this.keep({ parts: [], url: null });
    }
    // What was refused need not be there, nor what nobody waited for.
    const there = (await describeEndpoint(made.place, endpoint, signal))?.deployments;
    for (const { deployment } of fresh) {
      if (there?.has(deployment)) await deleteDeployment(made.place, endpoint, deployment, signal);
    }
    this.keep({ parts: parts.filter((part) => !fresh.includes(part)) });
  }
}
