/** A gateway at work: its model servers, what they serve, and what it keeps of that. */
import { randomBytes } from "node:crypto";
import type { Server } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { UserError } from "../../domain/errors";
import { logFolder } from "../predictions/files";
import type { Candidate, GatewayState, Steering, Switch } from "./control";
import { type Endpoint, makeEndpoint } from "./endpoint";
import { type GatewayFile, type GatewayRoute, placesIn, writeGatewayFile } from "./files";
import { forward } from "./forward";
import { socketKeeper } from "./heldSocket";
import { NoAnswer } from "./httpCall";
import { type Address, listenAt, urlOf } from "./listening";
import { tailLines } from "./logTail";
import { type ModelServer, runModelServer } from "./modelServer";
import { keepPredictions } from "./predictionKeeper";
import { metricsText } from "./prometheus";
import type { LiveRoute } from "./routing";
import { signatureOf } from "./signature";
import { countTraffic } from "./traffic";

/** What a server that is to end gets to answer what it was asked. */
const DRAIN_MS = 60_000;
const POLL_MS = 20;
const LISTEN_AGAIN_MS = 1_000;
/** A candidate of whoever went away is not kept for ever. */
const ABANDONED_MS = 900_000;

export interface Gateway extends Steering {
  /** Takes callers; what stands in the way is said in its state, and tried again. */
  open(): Promise<void>;
  /** Answers whom it has, and lets go of all: its servers go on without it. */
  leave(): Promise<void>;
}

/** `file`: as it was left. `ended`: called when all of it was stopped. `keeper`: holds its socket beyond its end. */
export function makeGateway(folder: string, file: GatewayFile, ended: () => void, keeper = socketKeeper()): Gateway {
  const places = placesIn(folder);
  const traffic = countTraffic();
  const predictions = keepPredictions(logFolder(folder));
  const servers = new Map<string, ModelServer>();
  /** When somebody last wanted it: ms since the epoch. */
  const wanted = new Map<string, number>();
  const started = Date.now();
  // Others on this machine could else ask the model servers themselves.
  const serverToken = file.serverToken ?? randomBytes(32).toString("hex");
  let { settings } = file;
  let routes: LiveRoute[] = [];
  let endpoint: Endpoint = newEndpoint();
  let url: string | null = null;
  let fault: string | null = null;
  let isOver = false;
  let closing = false;
  let isRestored = false;

  predictions.set(settings.log, settings.input);
  const inRoutes = new Set(file.routes.map(({ server }) => server));
  // Those of no route were candidates of somebody who may come back for them.
  for (const spec of file.servers) addLive(spec.id, run(spec, !inRoutes.has(spec.id)));
  routes = live(file.routes);
  isRestored = true;
  save();
  const reaping = setInterval(reap, 60_000).unref();

  function run(spec: GatewayFile["servers"][number], candidate: boolean): ModelServer {
    return runModelServer(spec, { folder, token: serverToken, onChange: save, say, candidate });
  }

  function addLive(id: string, server: ModelServer): void {
    servers.set(id, server);
    wanted.set(id, Date.now());
  }

  function live(next: readonly GatewayRoute[]): LiveRoute[] {
    return next.map((route) => {
      const server = servers.get(route.server);
      if (!server) throw new UserError(`Version ${route.version} has no server.`);
      return { ...route, live: server };
    });
  }

  function newEndpoint(): Endpoint {
    return makeEndpoint({
      state: () => ({ deployment: file.deployment, settings, serverToken, routes }),
      ...{ predictions, traffic, health, predictionFolder: logFolder(folder) },
      metrics: () =>
        metricsText({
          model: routes[0]?.model ?? "",
          totals: traffic.totals(),
          inFlight: endpoint.inFlight(),
          shadowsSkipped: endpoint.shadowsSkipped(),
          servers: [...servers.values()].map(({ spec, state, restarts }) => ({
            ...{ version: spec.version, ready: state === "ready", restarts },
          })),
          log: predictions.counts(),
        }),
    });
  }

  function health() {
    const ready = routes.filter(({ role, live }) => role !== "shadow" && live.state === "ready");
    return {
      status: ready.length > 0 ? 200 : 503,
      body: { deployment: file.deployment, ready: ready.length > 0, versions: ready.map(({ version }) => version) },
    };
  }

  function save(): void {
    // Half of what was served must not take the place of all of it.
    if (isOver || !isRestored) return;
    const kept = {
      ...{ ...file, settings, serverToken },
      routes: routes.map(bare),
      servers: [...servers.values()].map(({ spec }) => spec),
    };
    try {
      writeGatewayFile(folder, kept);
    } catch (error) {
      // It goes on serving; after a restart it would go on from what was written last.
      say(`what is served could not be written down: ${(error as Error).message}`);
    }
  }

  function say(line: string): void {
    process.stdout.write(`${new Date().toISOString()} ${line}\n`);
  }

  async function open(): Promise<void> {
    // Until then it may have been moved to another address.
    while (!closing && url === null) {
      const { http } = endpoint;
      try {
        const port = await listenAt(http, settings, await keeper.take(settings));
        if (http !== endpoint.http) return void shut(http);
        if (port !== settings.port) settings = { ...settings, port };
        url = urlOf(settings);
        fault = null;
        keeper.hold(http, settings);
        save();
        say(`listens at ${url}`);
        return;
      } catch (error) {
        if (url !== null) return;
        const message = (error as Error).message;
        if (fault !== message) say(message);
        fault = message;
      }
      await wait(LISTEN_AGAIN_MS);
    }
  }

  /** At another address: the old one is let go when the new one is taken. */
  async function move(next: Address): Promise<number> {
    if (next.host === settings.host && (next.port === 0 || next.port === settings.port) && url) return settings.port;
    const old = endpoint;
    // All addresses of the machine and one of them cannot have the same port.
    const isSamePort = url !== null && next.port === settings.port;
    if (isSamePort) {
      await keeper.release();
      void shut(old.http);
    }
    try {
      const port = await take(next);
      if (!isSamePort) void shut(old.http);
      return port;
    } catch (error) {
      if (isSamePort) await comeBack();
      throw error;
    }
  }

  async function take(address: Address): Promise<number> {
    const fresh = newEndpoint();
    const port = await listenAt(fresh.http, address);
    endpoint = fresh;
    url = urlOf({ host: address.host, port });
    fault = null;
    keeper.hold(fresh.http, { host: address.host, port });
    return port;
  }

  /** To where it listened until just now. */
  async function comeBack(): Promise<void> {
    await take(settings).catch((error) => {
      url = null;
      fault = (error as Error).message;
      endpoint = newEndpoint();
      void open();
    });
  }

  async function switchTo(next: Switch): Promise<void> {
    const chosen = live(next.routes);
    const port = await move(next.settings);
    settings = { ...next.settings, port };
    routes = chosen;
    predictions.set(settings.log, settings.input);
    save();
    say(
      `serves ${routes.map(({ role, version, percent }) => `${role} ${version} (${percent}%)`).join(", ") || "nothing"}`,
    );
  }

  async function addServer(candidate: Candidate, signal: AbortSignal): Promise<string> {
    const { patience, ...rest } = candidate;
    const id = `v${rest.version}-${randomBytes(4).toString("hex")}`;
    const server = run({ id, ...rest, process: null, port: null }, true);
    addLive(id, server);
    save();
    say(`version ${rest.version}: is started`);
    const gone = new Promise<false>((resolve) =>
      signal.addEventListener("abort", () => resolve(false), { once: true }),
    );
    if (await Promise.race([server.whenReady(patience * 1_000), gone])) return id;
    const why = server.fault ?? (signal.aborted ? "It was given up." : `It was not ready within ${patience} seconds.`);
    const lines = server.fault ? [] : server.log(8);
    await removeServer(id);
    throw new UserError([`Version ${rest.version} does not start. ${why}`, ...lines].join("\n"));
  }

  async function removeServer(id: string): Promise<void> {
    const server = servers.get(id);
    if (!server) return;
    if (routes.some((route) => route.server === id)) throw new UserError("This server is in use.");
    for (const end = Date.now() + DRAIN_MS; server.inFlight > 0 && Date.now() < end; ) await wait(POLL_MS);
    await server.stop();
    servers.delete(id);
    wanted.delete(id);
    save();
    say(`version ${server.spec.version}: is stopped`);
  }

  async function tidy(): Promise<void> {
    const used = new Set(routes.map(({ server }) => server));
    const ends = [...servers.keys()].filter((id) => !used.has(id)).map(removeServer);
    await Promise.all(ends);
  }

  function reap(): void {
    const used = new Set(routes.map(({ server }) => server));
    for (const [id, since] of wanted) {
      if (!used.has(id) && Date.now() - since > ABANDONED_MS) removeServer(id).catch((error) => say(error.message));
    }
  }

  function state(): GatewayState {
    return {
      ...{ settings, url, fault, started, routes: routes.map(bare), log: predictions.counts() },
      servers: [...servers.values()].map(({ spec, state, fault, restarts }) => ({
        ...{ id: spec.id, version: spec.version, bundle: spec.bundle, signature: signatureOf(spec) },
        ...{ state, fault, restarts, pid: spec.process?.pid ?? null },
      })),
    };
  }

  async function close(): Promise<void> {
    closing = true;
    clearInterval(reaping);
    await shut(endpoint.http);
    predictions.close();
  }

  return {
    ...{ open, state, addServer, removeServer, switchTo, tidy },
    traffic: traffic.window,
    async ask(id, asked, signal, seconds = settings.limits.time) {
      const server = servers.get(id);
      if (server) wanted.set(id, Date.now());
      if (server?.state !== "ready") throw new UserError(server?.fault ?? "This server is not there any more.");
      try {
        return await forward(server, asked, {
          token: serverToken,
          limit: seconds * 1_000 + 1_000,
          signal,
        });
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
        await server.suspect();
        const late = `Version ${server.spec.version} did not answer within ${seconds} seconds.`;
        throw new UserError(
          error.kind === "late" ? late : (server.fault ?? `Version ${server.spec.version} ended while it was asked.`),
        );
      }
    },
    log(lines) {
      const ofServers = [...servers.values()].flatMap(({ spec, log }) =>
        log(lines).map((line) => `v${spec.version} | ${line}`),
      );
      return [...tailLines(places.log, Math.ceil(lines / 2)), ...ofServers].slice(-lines);
    },
    async stop() {
      if (closing) return;
      say("is stopped");
      await keeper.release();
      await close();
      routes = [];
      await Promise.all([...servers.values()].map((server) => server.stop()));
      isOver = true;
      ended();
    },
    leave: close,
  };
}

/** Answers whom it has; who only holds a connection is not waited for, nor is one who asks again and again over it. */
async function shut(server: Server): Promise<void> {
  if (!server.listening) return;
  server.prependListener("request", (_request, response) => response.setHeader("connection", "close"));
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  const late = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearTimeout(late);
}

const bare = ({ live: _, ...route }: LiveRoute): GatewayRoute => route;
