/** Bringing a deployment of this machine to what a plan says, without a request that fails. */
import { existsSync } from "node:fs";
import { Agent } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { UserError } from "../../domain/errors";
import { isHeldElsewhere, takeLock } from "../../store/fileLock";
import type { Access, ApplyOptions, ReadyRoute, ServingHandle, ServingPlan } from "../contract";
import { type GatewayClient, gatewayClient, NoGateway } from "../gateway/client";
import type { GatewayState, Switch } from "../gateway/control";
import { type GatewayRoute, type GatewaySettings, placesIn, readGatewayFile, writeGatewayFile } from "../gateway/files";
import { urlOf } from "../gateway/listening";
import { signatureOf } from "../gateway/signature";
import { ensureGateway, type GatewayPlace } from "../gateway/start";
import { gatewaySettings } from "./settings";
import { undeploy } from "./undeploy";

/** Seconds that a model gets to be read and to answer its sample. */
const START_SECONDS = 300;
const LOOK_MS = 100;

/** What a model server is started by, without where it is to listen; and the variables that it needs, never secrets. */
export interface ServerCommand {
  argv: string[];
  env: Record<string, string>;
}

/** Makes ready what a route's model server needs here. */
export type FindCommand = (
  route: ReadyRoute,
  plan: ServingPlan,
  options: { onStep(detail: string): void; signal: AbortSignal },
) => Promise<ServerCommand>;

/** Throws UserError; then what was served is served still, and what was begun is gone. */
export async function applyPlan(
  place: GatewayPlace,
  plan: ServingPlan,
  options: ApplyOptions,
  command: FindCommand,
): Promise<ServingHandle> {
  const release = lock(place);
  try {
    return await explained(() => new Application(place, plan, options, command).run());
  } finally {
    release();
  }
}

/** One at a time: the second would take away what the first has just begun. */
function lock({ name, folder }: GatewayPlace): () => void {
  try {
    return takeLock(placesIn(folder).applyLock);
  } catch (error) {
    if (isHeldElsewhere(error)) throw new UserError(`Another process is just changing ${name}. Wait for its end.`);
    return () => {};
  }
}

async function explained<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof NoGateway)) throw error;
    throw new UserError("The gateway went away meanwhile: it was stopped, or killed. Deploy again.", { cause: error });
  }
}

/** Where it listened when it served what it is to serve again. */
function formerPort({ former }: ApplyOptions): number | undefined {
  return typeof former?.url === "string" ? Number(new URL(former.url).port) || undefined : undefined;
}

/** Whether it does what it was told at a switch. */
function servesJust(state: GatewayState, { settings, routes }: Switch): boolean {
  const port = settings.port || state.settings.port;
  return isDeepStrictEqual([state.settings, state.routes], [{ ...settings, port }, routes]);
}

class Application {
  private readonly client: GatewayClient;
  /** Servers that were started for this. */
  private readonly fresh: string[] = [];
  private readonly agent = new Agent({ keepAlive: true, timeout: 4_000 });

  constructor(
    private readonly place: GatewayPlace,
    private readonly plan: ServingPlan,
    private readonly options: ApplyOptions,
    private readonly command: FindCommand,
  ) {
    this.client = gatewayClient(place.folder, this.agent);
  }

  async run(): Promise<ServingHandle> {
    const { place, plan, options } = this;
    const settings = gatewaySettings(plan, formerPort(options) ?? readGatewayFile(place.folder)?.settings.port);
    const isFirst = !existsSync(placesIn(place.folder).gateway);
    options.keep({ name: place.name, url: null });
    if (isFirst) this.prepare(settings);
    try {
      const state = await ensureGateway(place, options.signal);
      // Whoever has the port, there is no use in going on, unless it is to be another one.
      const isSamePlace = state.settings.host === settings.host && state.settings.port === settings.port;
      if (state.fault !== null && isSamePlace) throw new UserError(state.fault);
      const routes = await this.bringUp(state);
      await this.verify(state, routes);
      const champion = plan.routes[0]!;
      options.onStep("switch", `Giving the requests to version ${champion.version}`);
      options.signal.throwIfAborted();
      await this.switchTo({ settings, routes });
    } catch (error) {
      await this.takeBack(isFirst);
      throw options.signal.aborted ? options.signal.reason : error;
    } finally {
      this.agent.destroy();
    }
    await this.tidy();
    return { name: place.name, url: this.listensAt() };
  }

  /** Who gave it up from here on could not know what is served. */
  private async switchTo(next: Switch): Promise<void> {
    try {
      await this.client.switchTo(next);
    } catch (error) {
      if (!(error instanceof NoGateway)) throw error;
      // It may have written down what it was told, and died before it could say so: the next one knows.
      const state = await ensureGateway(this.place, new AbortController().signal);
      if (!servesJust(state, next)) throw error;
    }
  }

  /** The new version is served: whatever fails now, it is no fault of this change. */
  private async tidy(): Promise<void> {
    try {
      this.options.onStep("stop", "Stopping what is not needed any more, when it has answered");
      await this.client.tidy();
    } catch {
      // The gateway does not keep for ever what nobody asks for.
    }
  }

  /** As the gateway has written down at the switch. */
  private listensAt(): string | null {
    const settings = readGatewayFile(this.place.folder)?.settings;
    return settings && settings.port !== 0 ? urlOf(settings) : null;
  }

  private prepare(settings: GatewaySettings): void {
    const { folder, name } = this.place;
    const nothing = { serverToken: null, routes: [], servers: [] };
    writeGatewayFile(folder, { format: 1, deployment: name, settings, ...nothing });
  }

  /** A server for each route: one that runs and is the same in all, else a new one. */
  private async bringUp(state: GatewayState): Promise<GatewayRoute[]> {
    const routes: GatewayRoute[] = [];
    for (const route of this.plan.routes) {
      const { ready, ...rest } = route;
      const candidate = await this.candidate(route);
      const signature = signatureOf(candidate);
      const same = state.servers.filter((one) => one.signature === signature);
      const server = (await this.running(same)) ?? (await this.start(route, candidate));
      routes.push({ ...rest, server });
    }
    return routes;
  }

  /** One that is ready, or becomes so: after a restart of the machine, the gateway itself has begun to start what it served. */
  private async running(servers: GatewayState["servers"]): Promise<string | undefined> {
    const ready = servers.find(({ state }) => state === "ready")?.id;
    const starting = servers.find(({ state }) => state === "starting");
    if (ready || !starting) return ready;
    const { options, client } = this;
    options.onStep("start", `Waiting for version ${starting.version}, which is just starting`);
    for (const end = Date.now() + START_SECONDS * 1_000; Date.now() < end; await wait(LOOK_MS)) {
      options.signal.throwIfAborted();
      const { state } = (await client.state(options.signal)).servers.find(({ id }) => id === starting.id) ?? {};
      if (state !== "starting") return state === "ready" ? starting.id : undefined;
    }
    throw new UserError(`Version ${starting.version} was not ready within ${START_SECONDS} seconds.`);
  }

  private async candidate(route: ReadyRoute) {
    const { model, version, ready } = route;
    const onStep = (detail: string) => this.options.onStep("start", detail);
    const { argv, env } = await this.command(route, this.plan, { onStep, signal: this.options.signal });
    return { model, version, bundle: ready.hash, folder: ready.folder, argv, env };
  }

  private async start(route: ReadyRoute, candidate: Awaited<ReturnType<Application["candidate"]>>): Promise<string> {
    const { options, client } = this;
    options.onStep("start", `Starting version ${route.version}`);
    const id = await client.addServer({ ...candidate, patience: START_SECONDS }, options.signal);
    this.fresh.push(id);
    return id;
  }

  private async verify(state: GatewayState, routes: readonly GatewayRoute[]): Promise<void> {
    const { options, plan } = this;
    const served = new Set(state.routes.map(({ server }) => server));
    for (const [index, { server }] of routes.entries()) {
      // One that was left by somebody who died has not been tried to the end.
      if (!served.has(server)) await options.verify(plan.routes[index]!, this.accessTo(server));
    }
  }

  private accessTo(server: string): Access {
    const { client, options, plan } = this;
    const seconds = gatewaySettings(plan).limits.time;
    return {
      url: null,
      request: (path, { method, headers, body, signal = options.signal } = {}) => {
        const type = body === undefined ? {} : { "content-type": "application/json" };
        const verb = method ?? (body === undefined ? "GET" : "POST");
        return explained(() =>
          client.ask(server, { path, method: verb, headers: { ...type, ...headers }, body, signal }, seconds),
        );
      },
    };
  }

  private async takeBack(isFirst: boolean): Promise<void> {
    const { client, place, fresh } = this;
    try {
      if (isFirst) await undeploy(place.folder, AbortSignal.timeout(60_000));
      else for (const id of fresh) await client.removeServer(id);
    } catch {
      // It has gone away by itself, or goes later: a gateway does not keep servers that nobody asks for.
    }
  }
}
