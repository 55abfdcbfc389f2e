/** Bringing a deployment on a cluster to what a plan says, without a request that fails. */
import { setTimeout as wait } from "node:timers/promises";
import { UserError } from "../../domain/errors";
import type { Cluster, Resource } from "../../targets/kubernetes/cluster";
import { checkVersion } from "../cluster/checkVersion";
import { clusterImage, imageOfRoute, removeMade } from "../cluster/clusterImage";
import { type Labelled, servingPaths } from "../cluster/names";
import { ClusterAway, onceBack } from "../cluster/open";
import { findFree, findOwn, putOwn, removeOwn } from "../cluster/ownObjects";
import { lastWords } from "../cluster/podLog";
import { podsWith, worstOf } from "../cluster/pods";
import { PORT } from "../cluster/podTemplate";
import { forwardedAccess } from "../cluster/portForward";
import { ensureTokenSecret, removeSecrets, tokenSecretName } from "../cluster/tokenSecret";
import type { ApplyOptions, ServingPlan } from "../contract";
import {
  CONTAINER,
  deploymentManifest,
  ingressManifest,
  patienceOf,
  portOf,
  replicasOf,
  SERVER_LABEL,
  type Server,
  type ServingSettings,
  serverOf,
  serviceManifest,
} from "./manifests";
import {
  answering,
  endpointOf,
  type FoundServer,
  findServers,
  findService,
  foundServer,
  Handle,
  ingressOf,
  newName,
  serviceOf,
} from "./objects";

const LOOK_MS = 500;
const UNDO_MS = 60_000;

export interface ApplyContext {
  cluster: Cluster;
  settings: ServingSettings;
  env: NodeJS.ProcessEnv;
  /** As it was kept, or as it begins. */
  handle: Handle;
}

/** Throws UserError; then what was served is served still, and what was begun is gone. */
export function applyPlan(context: ApplyContext, plan: ServingPlan, options: ApplyOptions): Promise<Handle> {
  return new Application(context, plan, options).run();
}

class Application {
  private handle: Handle;
  private readonly labelled: Labelled;
  /** As it was before it was changed; null: there was none. Undefined: it was not touched. */
  private formerIngress: Resource | null | undefined;

  constructor(
    private readonly context: ApplyContext,
    private readonly plan: ServingPlan,
    private readonly options: ApplyOptions,
  ) {
    const { settings, handle } = context;
    const { ingress } = settings.serving ?? {};
    const host = ingress ? `${ingress.tlsSecret === undefined ? "http" : "https"}://${ingress.host}` : null;
    this.handle = { ...handle, port: portOf(plan), host };
    const { name, owner } = handle;
    this.labelled = { name, owner, model: plan.routes[0]!.model };
  }

  async run(): Promise<Handle> {
    const { cluster } = this.context;
    const { options, handle } = this;
    await findFree(cluster, handle, serviceOf(handle), options.signal);
    if (handle.host !== null) await findFree(cluster, handle, ingressOf(handle), options.signal);
    const server = await this.wanted();
    const service = await findService(cluster, handle, options.signal);
    const servers = await findServers(cluster, handle, options.signal);
    const same = servers.find((one) => one.signature === server.signature && !one.isBeingRemoved);
    const isServed = same !== undefined && answering(service) === same.name;
    const name = same?.name ?? newName(handle.name, server.route.version);
    let isTold = false;
    try {
      await this.bringUp(name, server, same);
      if (!isServed) await this.verify(name, server);
      options.onStep("switch", `Giving the requests to version ${server.route.version}`);
      options.signal.throwIfAborted();
      await this.expose();
      isTold = true;
      await this.choose(name);
    } catch (error) {
      // It may have done what it was told, and its answer was lost.
      if (isServed || !isTold || !(await this.isChosen(name))) {
        await this.takeBack(isServed ? null : name, server);
        throw options.signal.aborted ? options.signal.reason : error;
      }
    }
    await this.tidy(name, server, servers);
    const exposed = await findService(cluster, handle, AbortSignal.timeout(UNDO_MS)).catch(() => undefined);
    return { ...this.handle, url: endpointOf(exposed, this.handle) };
  }

  private async wanted(): Promise<Server> {
    const { plan, options } = this;
    const { settings, env, handle } = this.context;
    const route = plan.routes[0]!;
    const known = { ...handle.known, ...(options.former === undefined ? {} : Handle.parse(options.former).known) };
    const onBuilt = (image: string) => this.keep({ images: [...new Set([...this.handle.images, image])].sort() });
    const onStep = (detail: string) => options.onStep("start", detail);
    const { signal } = options;
    const made = await imageOfRoute(route, plan, known, () =>
      clusterImage(route.ready, settings.serving ?? {}, { env, onBuilt, onStep, signal }),
    ).catch(async (error) => {
      await this.removeImages();
      throw error;
    });
    const { image } = made;
    this.handle = { ...this.handle, known: made.known };
    const tokenSecret = plan.token === null ? null : tokenSecretName(handle.name, plan.token);
    return serverOf(route, plan, settings, { image, tokenSecret });
  }

  private keep(part: Partial<Handle>): void {
    this.handle = { ...this.handle, ...part };
    this.options.keep(this.handle);
  }

  /** Its Deployment, made if there is none like it, with all of its pods ready. */
  private async bringUp(name: string, server: Server, same: FoundServer | undefined): Promise<void> {
    const { cluster, settings } = this.context;
    const { signal, onStep } = this.options;
    const { version } = server.route;
    if (server.tokenSecret !== null && this.plan.token !== null) {
      const secrets = [...new Set([...this.handle.secrets, server.tokenSecret])];
      this.keep({ secrets });
      const { namespace } = this.handle;
      await ensureTokenSecret(cluster, { namespace, labelled: this.labelled, token: this.plan.token }, signal);
    } else this.keep({});
    const path = servingPaths.deployments(this.handle.namespace);
    if (!same) {
      onStep("start", `Starting version ${version}`);
      await cluster.create(path, deploymentManifest(name, server, this.labelled, settings), signal);
    } else if (same.replicas !== replicasOf(settings)) {
      const change = ({ spec, ...rest }: Resource) => ({
        ...rest,
        spec: { ...(spec as Resource), replicas: replicasOf(settings) },
      });
      const wanted = deploymentManifest(name, server, this.labelled, settings);
      await putOwn(cluster, this.handle, { path: `${path}/${name}`, kind: "a Deployment" }, { wanted, change }, signal);
    }
    await this.untilUp(name, version);
  }

  private async untilUp(name: string, version: number): Promise<void> {
    const { settings } = this.context;
    const { signal, onStep } = this.options;
    let said = "";
    for (const end = Date.now() + patienceOf(settings) * 1_000; ; await wait(LOOK_MS, undefined, { signal })) {
      const isLate = Date.now() > end;
      const now = await this.progress(name, version, isLate).catch((error: Error) => {
        if (error instanceof ClusterAway && !isLate) return error.message;
        throw error;
      });
      if (now === null) return;
      if (now !== said) onStep("start", `Waiting for version ${version}: ${now}`);
      said = now;
    }
  }

  /** What it waits for; null when all of its pods are ready. Throws UserError when they will not be, or are late. */
  private async progress(name: string, version: number, isLate: boolean): Promise<string | null> {
    const { cluster, settings } = this.context;
    const { signal } = this.options;
    const { namespace } = this.handle;
    const object = await cluster.get(`${servingPaths.deployments(namespace)}/${name}`, signal);
    if (object === undefined) throw new UserError(`The Deployment of version ${version} was removed from the cluster.`);
    const found = foundServer(object);
    if (found.isUp) return null;
    const pods = await podsWith(cluster, namespace, `${SERVER_LABEL}=${name}`, signal);
    const trouble = worstOf(pods, CONTAINER, found);
    if (trouble?.isHopeless || found.refusal !== null || isLate) {
      const fault = isLate ? `was not ready within ${Math.round(patienceOf(settings))} seconds` : "does not start";
      const why = trouble?.text ?? found.refusal ?? "";
      const printed = await lastWords(cluster, { namespace, pods, container: CONTAINER }, signal);
      throw new UserError(`${`Version ${version} ${fault}. ${why}`.trimEnd()}${printed}`);
    }
    return trouble?.text ?? `${found.available} of ${found.replicas} pods are ready`;
  }

  private async verify(name: string, { route, image }: Server): Promise<void> {
    const { cluster } = this.context;
    const { namespace } = this.handle;
    const to = { to: `deployment/${name}`, namespace, port: PORT };
    const access = forwardedAccess({
      open: async () => cluster,
      find: async () => to,
      ...{ url: null, token: this.plan.token },
    });
    try {
      await checkVersion(route.ready, image, access, this.options.signal);
      await this.options.verify(route, access);
    } finally {
      access.end();
    }
  }

  /** To the outside, where settings say so. */
  private async expose(): Promise<void> {
    const { cluster, settings } = this.context;
    const { ingress } = settings.serving ?? {};
    if (!ingress) return;
    const { signal } = this.options;
    const named = ingressOf(this.handle);
    this.formerIngress = (await findFree(cluster, this.handle, named, signal)) ?? null;
    const wanted = ingressManifest(this.labelled, ingress, this.handle.port);
    const change = (found: Resource) => {
      // The cluster gives one its own class only when it is made.
      const { ingressClassName } = found.spec as Resource;
      const spec = { ...(ingressClassName === undefined ? {} : { ingressClassName }), ...(wanted.spec as Resource) };
      return { ...found, spec };
    };
    await putOwn(cluster, this.handle, named, { wanted, change }, signal);
  }

  private async choose(server: string): Promise<void> {
    const { cluster, settings } = this.context;
    const wanted = serviceManifest(this.labelled, { server, port: this.handle.port, settings });
    // Addresses that the cluster has given it stay.
    const change = (found: Resource) => ({
      ...{ ...found, spec: { ...(found.spec as Resource), ...(wanted.spec as Resource) } },
    });
    await putOwn(cluster, this.handle, serviceOf(this.handle), { wanted, change }, this.options.signal);
  }

  /** Whether requests go there, as far as anyone can know: what may have them is not taken away. */
  private async isChosen(server: string): Promise<boolean> {
    const { cluster } = this.context;
    const signal = AbortSignal.timeout(UNDO_MS);
    try {
      return answering(await onceBack(() => findService(cluster, this.handle, signal), signal)) === server;
    } catch (error) {
      if (!(error instanceof ClusterAway) && !signal.aborted) return false;
      throw new UserError(
        "The cluster went away while it was told of the new version: nobody knows which one it serves.",
      );
    }
  }

  /** `name`: of the Deployment that was begun; null: it was there. */
  private async takeBack(name: string | null, { tokenSecret }: Server): Promise<void> {
    const { cluster, handle } = this.context;
    const signal = AbortSignal.timeout(UNDO_MS);
    const isNew = tokenSecret !== null && !handle.secrets.includes(tokenSecret);
    const { namespace } = this.handle;
    const actions = [
      () => this.restoreIngress(signal),
      ...(name === null ? [] : [() => cluster.remove(`${servingPaths.deployments(namespace)}/${name}`, signal)]),
      ...(isNew ? [() => removeSecrets(cluster, namespace, [tokenSecret], signal)] : []),
    ];
    // What the cluster does not let go of now, the next change or undeploying takes away.
    for (const action of actions) await onceBack(action, signal).catch(() => {});
    await this.removeImages();
  }

  private async restoreIngress(signal: AbortSignal): Promise<void> {
    const { cluster, handle } = this.context;
    const { formerIngress: former } = this;
    const { path } = ingressOf(handle);
    if (former === null) await removeOwn(cluster, handle, path, signal);
    if (!former) return;
    const now = await findOwn(cluster, handle, path, signal);
    if (now) await cluster.replace(path, { ...now, spec: former.spec }, signal);
  }

  /** Those that were built for this change. */
  private removeImages(): Promise<void> {
    const { settings, env, handle } = this.context;
    return removeMade({ before: handle.images, after: this.handle.images }, settings.serving ?? {}, env);
  }

  /** The new version is served: whatever fails now, it is no fault of this change. */
  private async tidy(name: string, { tokenSecret }: Server, servers: readonly FoundServer[]): Promise<void> {
    const { cluster, handle: before } = this.context;
    const { namespace, secrets } = this.handle;
    const signal = AbortSignal.timeout(UNDO_MS);
    const others = servers.filter((one) => one.name !== name && !one.isBeingRemoved);
    const old = secrets.filter((one) => one !== tokenSecret);
    if (others.length > 0) this.options.onStep("stop", "Stopping what is not needed any more, when it has answered");
    try {
      for (const { name: one } of others) await cluster.remove(`${servingPaths.deployments(namespace)}/${one}`, signal);
      await removeSecrets(cluster, namespace, old, signal);
      if (before.host !== null && this.handle.host === null) {
        await removeOwn(cluster, before, ingressOf(before).path, signal);
      }
      this.keep({ secrets: secrets.filter((one) => one === tokenSecret) });
    } catch {
      // The next change finds them by their labels.
    }
  }
}
