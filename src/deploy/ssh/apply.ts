/** Bringing an endpoint on another machine to what a plan says, without a request that fails. */
import { createHash, randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { canonicalJson } from "../../domain/canonicalJson";
import { UserError } from "../../domain/errors";
import type { Activation } from "../../targets/jobFolder/contract";
import type { ApplyOptions, ReadyRoute, ServingPlan } from "../contract";
import { isLoopback } from "../gateway/listening";
import { hashToken } from "../gateway/token";
import { serverArguments } from "../local/settings";
import { remoteAccess } from "./access";
import { askEndpoint, type EndpointHost, elsewhereError, isUnreachable, type ServerOrder } from "./endpointProgram";
import type { RemoteEnvironment } from "./environment";
import { newHandle, type RemoteAddress, type RemoteHandle, readHandle } from "./handle";
import { sendBundle } from "./sendBundle";

/** Seconds that a model gets to be read and to answer its sample. */
const START_SECONDS = 300;
/** That an answer may take, where the settings do not say. */
const REQUEST_SECONDS = 60;
const SWITCH_MS = 90_000;
const TAKE_BACK_MS = 60_000;
/** Bundles besides the one that is served: what may be gone back to without sending it again. */
const KEPT = 3;
/** Nobody would know what is served after a connection that breaks in between: it is asked for once more. */
const TRIES = 3;
const PAUSE_MS = 1_000;

const HERE_ONLY = "127.0.0.1";

export interface RemotePlace extends EndpointHost {
  environment: RemoteEnvironment;
  /** Of the target. */
  env: Readonly<Record<string, string>>;
  /** How others call the machine. */
  hostName(): Promise<string>;
  /** What connects to it, as one would type it: all before its name. */
  ssh: readonly string[];
}

/** Throws UserError; then what was served is served still, and what was begun is gone. */
export async function applyRemote(place: RemotePlace, plan: ServingPlan, options: ApplyOptions): Promise<RemoteHandle> {
  const known = options.handle ? readHandle(options.handle) : null;
  const handle = known ?? newHandle(place.endpoints, plan.name, place.host.name);
  const former = options.former ? readHandle(options.former).address : null;
  options.keep(handle);
  let id = randomUUID().slice(0, 8);
  try {
    const { token, settings } = plan;
    const route = plan.routes[0]!;
    const address = wantedAddress(settings, former ?? handle.address);
    const order = { id, ...(await makeReady(place, handle, route, plan, options)) };
    const server = await start(place, handle, { order, address, token }, options);
    // Perhaps of an attempt before this one, which did not come to its end.
    id = server.id;
    if (!server.isLive) {
      const way = { folder: handle.folder, server: server.id, url: null, token, signal: options.signal };
      await options.verify(route, remoteAccess(place, way));
    }
    options.signal.throwIfAborted();
    const reached = await switchTo(place, handle, server.id, { version: route.version, host: address.host }, options);
    return { ...handle, host: place.host.name, ...reached };
  } catch (error) {
    await takeBack(place, handle, id);
    throw options.signal.aborted ? options.signal.reason : error;
  }
}

/** Where it is to listen; a port that nobody named stays what it was as long as it can. 0: a free one. */
export function wantedAddress({ host = HERE_ONLY, port }: ServingPlan["settings"], before: RemoteAddress | null) {
  const own = before?.host === host ? before.port : undefined;
  return { host, port: port ?? own ?? 0 };
}

async function makeReady(
  place: RemotePlace,
  { folder }: RemoteHandle,
  { ready, version }: ReadyRoute,
  { settings, token }: ServingPlan,
  { onStep, signal }: ApplyOptions,
): Promise<Omit<ServerOrder, "id">> {
  const say = (detail: string) => onStep("start", detail);
  say(`Asking ${place.host.name}`);
  await sendBundle(place, folder, ready, { onStep: say, signal });
  const activate = await place.environment.make(ready, { onProgress: say, signal });
  const words = serverArguments({ ...ready, folder: `bundles/${ready.hash}` }, settings);
  const drain = settings.limits?.time ?? REQUEST_SECONDS;
  const order = { version, bundle: ready.hash, arguments: words, activate, env: place.env, drain };
  return { ...order, signature: signatureOf(order, token) };
}

function signatureOf(order: { activate: Activation; [rest: string]: unknown }, token: string | null): string {
  const all = canonicalJson({ ...order, token: token === null ? null : hashToken(token) });
  return createHash("sha256").update(all).digest("hex");
}

async function start(
  place: RemotePlace,
  { folder, mark }: RemoteHandle,
  { order, address, token }: { order: ServerOrder; address: RemoteAddress; token: string | null },
  { onStep, signal }: ApplyOptions,
): Promise<{ id: string; isLive: boolean }> {
  const { name } = place.host;
  onStep("start", `Starting version ${order.version} on ${name}`);
  const input = { order, address, token, mark, seconds: START_SECONDS };
  const started = await askEndpoint(place, folder, "start", { input, signal });
  if ("port" in started) return { id: started.id, isLive: started.live };
  if ("fault" in started) {
    const last = started.log.join("\n");
    throw new UserError(`Version ${order.version} does not start on ${name}. ${started.fault}\n${last}`.trim());
  }
  if ("address" in started) throw new UserError(cannotListen(address, name, started.address));
  if ("elsewhere" in started) throw elsewhereError(started, name);
  throw new UserError(`Version ${order.version} cannot be started on ${name}. ${started.error}`);
}

/** `said`: in the words of that system. */
export function cannotListen({ host, port }: RemoteAddress, name: string, said: string): string {
  return `Callers cannot come to ${host}:${port} on ${name}: ${said}. Give the deployment another \`port\` or \`host\` in modeltrail.yaml.`;
}

async function switchTo(
  place: RemotePlace,
  { folder }: RemoteHandle,
  server: string,
  { version, host }: { version: number; host: string },
  { onStep }: ApplyOptions,
): Promise<Pick<RemoteHandle, "address" | "url">> {
  const { name } = place.host;
  onStep("switch", `Giving the requests to version ${version}`);
  // Who gave it up from here on could not know what is served.
  const said = await untilReached(async () => {
    const signal = AbortSignal.timeout(SWITCH_MS);
    try {
      return await askEndpoint(place, folder, "switch", { args: [server, String(KEPT)], signal });
    } catch (error) {
      if (!signal.aborted) throw error;
      throw new UserError(`${name} has not said in time whether version ${version} takes the requests.`);
    }
  });
  if ("elsewhere" in said) throw elsewhereError(said, name);
  if (!("address" in said)) {
    const why = "fault" in said ? said.fault : said.error;
    throw new UserError(`Version ${version} did not take the requests on ${name}. ${why}`);
  }
  const address = { host, port: said.address.port };
  if (!isLoopback(host)) return { address, url: `http://${await othersCallIt(place, host)}:${address.port}` };
  const there = `${bracketed(host)}:${address.port}`;
  const forward = [...place.ssh, "-N", "-L", `${address.port}:${there}`, name].join(" ");
  onStep("switch", `It answers at ${there} of ${name}. From here: ${forward}`);
  return { address, url: null };
}

async function othersCallIt({ hostName }: RemotePlace, host: string): Promise<string> {
  return bracketed(host === "0.0.0.0" || host === "::" ? await hostName() : host);
}

const bracketed = (host: string) => (host.includes(":") ? `[${host}]` : host);

async function untilReached<T>(action: () => Promise<T>): Promise<T> {
  for (let left = TRIES; ; left--) {
    try {
      return await action();
    } catch (error) {
      if (left === 1 || !isUnreachable(error)) throw error;
    }
    await wait(PAUSE_MS);
  }
}

/** Of an endpoint that has never served, all. */
async function takeBack(place: RemotePlace, { folder, mark, address }: RemoteHandle, id: string): Promise<void> {
  const signal = AbortSignal.timeout(TAKE_BACK_MS);
  try {
    const { live } = await askEndpoint(place, folder, "drop", { args: [id, String(KEPT)], signal });
    // Whoever made it serve may have died before that was kept here.
    if (live === null && address === null) await askEndpoint(place, folder, "stop", { args: [mark], signal });
  } catch {
    // It cannot be reached: what nobody asks for there goes away by itself in time.
  }
}
