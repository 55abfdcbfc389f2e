/**
 * Bringing an InferenceService to what a plan says. KServe gives all requests to the newest version that is ready, unless it has a
 * `canaryTrafficPercent`: then that is the newest one's share, and the rest goes to the one that had all of them last. So each
 * version comes in with 0 per cent, is tried, and only then gets its share.
 */
import { setTimeout as wait } from "node:timers/promises";
import { UserError } from "../../domain/errors";
import type { Cluster } from "../../targets/kubernetes/cluster";
import { wholeShares } from "../cloud/shares";
import { checkVersion } from "../cluster/checkVersion";
import { clusterImage, imageOfRoute, removeMade } from "../cluster/clusterImage";
import { type Labelled, servingPaths } from "../cluster/names";
import { ClusterAway, onceBack } from "../cluster/open";
import { findFree, removeOwn } from "../cluster/ownObjects";
import { lastWords } from "../cluster/podLog";
import { isReady, podsWith, worstOf } from "../cluster/pods";
import { PORT } from "../cluster/podTemplate";
import { forwardedAccess } from "../cluster/portForward";
import { ensureTokenSecret, removeSecrets, tokenSecretName } from "../cluster/tokenSecret";
import type { ApplyOptions, ReadyRoute, ServingPlan } from "../contract";
import { CONTAINER, inferenceService, type KServeSettings, type Predictor, patienceOf, predictorOf } from "./manifest";
import { type Found, findRevision, findService, Handle, podsOf, serviceOf, servicePath } from "./objects";

const LOOK_MS = 500;
const UNDO_MS = 240_000;
/** What KServe gets to shift requests. */
const SHIFT_MS = 120_000;
const TRIES = 3;

export interface ApplyContext {
  cluster: Cluster;
  settings: KServeSettings;
  env: NodeJS.ProcessEnv;
  /** As it was kept, or as it begins. */
  handle: Handle;
}

/** Throws UserError; then what was served is served still, and what was begun is gone. */
export function applyPlan(context: ApplyContext, plan: ServingPlan, options: ApplyOptions): Promise<Handle> {
  return new Application(context, plan, options).run();
}

interface Wanted {
  champion: Predictor;
  challenger: { predictor: Predictor; percent: number } | null;
}

class Application {
  private handle: Handle;
  private readonly labelled: Labelled;
  private signal: AbortSignal;
  /** The one that is there has been touched. */
  private isChanged = false;

  constructor(
    private readonly context: ApplyContext,
    private readonly plan: ServingPlan,
    private readonly options: ApplyOptions,
  ) {
    this.handle = context.handle;
    this.signal = options.signal;
    const { name, owner } = context.handle;
    this.labelled = { name, owner, model: plan.routes[0]!.model };
  }

  async run(): Promise<Handle> {
    const { handle, cluster } = this.context;
    await findFree(cluster, handle, serviceOf(handle), this.signal);
    const wanted = await this.wanted().catch(async (error) => {
      await this.removeImages();
      throw error;
    });
    const before = await this.find();
    await this.prepareToken();
    try {
      await this.bringTo(wanted, before, true);
    } catch (error) {
      const undone = await this.goBack(before);
      if (this.options.signal.aborted) throw this.options.signal.reason;
      if (undone === null) throw error;
      throw new UserError(`${(error as Error).message}\nGoing back was not done in full: ${undone}`, { cause: error });
    }
    const url = (await this.find().catch(() => undefined))?.url ?? handle.url;
    const old = this.handle.secrets.filter((one) => one !== this.tokenSecret);
    const left = await removeSecrets(cluster, handle.namespace, old, AbortSignal.timeout(UNDO_MS)).then(
      () => [],
      // The next change, or undeploying, takes them away.
      () => old,
    );
    const secrets = [...left, ...(this.tokenSecret === null ? [] : [this.tokenSecret])];
    return { ...this.handle, ...wanted, url, secrets };
  }

  private get tokenSecret(): string | null {
    const { token } = this.plan;
    return token === null ? null : tokenSecretName(this.context.handle.name, token);
  }

  private find(): Promise<Found | undefined> {
    return findService(this.context.cluster, this.context.handle, this.signal);
  }

  private keep(part: Partial<Handle>): void {
    this.handle = { ...this.handle, ...part };
    this.options.keep(this.handle);
  }

  private async wanted(): Promise<Wanted> {
    const { routes } = this.plan;
    const champion = await this.predictor(routes.find(({ role }) => role === "champion")!);
    const second = routes.find(({ role }) => role === "challenger");
    if (!second) return { champion, challenger: null };
    const [, percent = 0] = wholeShares([100 - second.percent, second.percent]);
    return { champion, challenger: { predictor: await this.predictor(second), percent } };
  }

  private async predictor(route: ReadyRoute): Promise<Predictor> {
    const { plan, options, signal } = this;
    const { settings, env, handle } = this.context;
    const former = options.former === undefined ? [] : [Handle.parse(options.former)];
    const known = [...former, handle]
      .flatMap(({ champion, challenger }) => [champion, challenger?.predictor])
      .find((one) => one?.version === route.version && one.bundle === route.ready.hash);
    const { tokenSecret } = this;
    // It goes on as it was served; but all of them ask callers for the same.
    if (known && known.tokenSecret === tokenSecret && !plan.fresh?.includes(route.version)) return known;
    const onBuilt = (image: string) => this.keep({ images: [...new Set([...this.handle.images, image])].sort() });
    const onStep = (detail: string) => options.onStep("start", detail);
    const { image, known: images } = await imageOfRoute(route, plan, this.handle.known, () =>
      clusterImage(route.ready, settings, { env, onBuilt, onStep, signal }),
    );
    this.handle = { ...this.handle, known: images };
    return predictorOf(route, plan, settings, { image, tokenSecret });
  }

  private async prepareToken(): Promise<void> {
    const { token } = this.plan;
    const { cluster, handle } = this.context;
    if (token === null || this.tokenSecret === null) return this.keep({});
    this.keep({ secrets: [...new Set([...this.handle.secrets, this.tokenSecret])] });
    await ensureTokenSecret(cluster, { namespace: handle.namespace, labelled: this.labelled, token }, this.signal);
  }

  /** `isTried`: versions that do not get requests yet are tried first. */
  private async bringTo({ champion, challenger }: Wanted, found: Found | undefined, isTried: boolean): Promise<void> {
    if (!found) await this.create(champion, isTried);
    else if ((await this.rolledOut(found)) !== champion.signature) {
      await this.stage(found, champion, isTried);
      await this.give(champion, null);
    } else if (!challenger && found.signature !== champion.signature) {
      // The challenger is the newest: the champion is made the newest again, and it goes.
      await this.stage(found, champion, false);
      await this.give(champion, null);
    }
    if (!challenger) return;
    const now = (await this.find())!;
    if (now.signature !== challenger.predictor.signature) await this.stage(now, challenger.predictor, isTried);
    await this.give(challenger.predictor, challenger.percent);
  }

  /** The version that had all requests last. */
  private async rolledOut({ revisions }: Found): Promise<string | undefined> {
    const { cluster, handle } = this.context;
    const revision = await findRevision(cluster, handle.namespace, revisions.latestRolledoutRevision, this.signal);
    return revision?.signature ?? handle.champion?.signature;
  }

  /** The very first one is asked by callers as soon as it is ready. */
  private async create(predictor: Predictor, isTried: boolean): Promise<void> {
    const { cluster, handle } = this.context;
    this.options.onStep("start", `Starting version ${predictor.version}`);
    this.isChanged = true;
    const object = inferenceService(this.labelled, predictor, null);
    const isNew = await cluster.create(servingPaths.inferenceServices(handle.namespace), object, this.signal);
    // Somebody else may have been quicker.
    if (!isNew) await findFree(cluster, handle, serviceOf(handle), this.signal);
    await this.untilUp(predictor);
    if (isTried) await this.verify(predictor);
    this.options.onStep("switch", `Giving the requests to version ${predictor.version}`);
    await this.until(SHIFT_MS, ({ isReady: is }) => is, "was not ready for requests");
  }

  private async stage(found: Found, predictor: Predictor, isTried: boolean): Promise<void> {
    const { options } = this;
    if (found.signature !== predictor.signature) {
      options.onStep("start", `Starting version ${predictor.version}, without requests`);
      await this.put(predictor, 0, found);
    }
    await this.untilUp(predictor);
    if (isTried) await this.verify(predictor);
  }

  private async give(predictor: Predictor, percent: number | null): Promise<void> {
    const share = percent === null ? "the" : `${percent} % of the`;
    this.options.onStep("switch", `Giving ${share} requests to version ${predictor.version}`);
    this.signal.throwIfAborted();
    const found = await this.find();
    const isGiven = found?.percent === percent && found.signature === predictor.signature;
    if (!isGiven) await this.put(predictor, percent, found);
    await this.until(
      SHIFT_MS,
      ({ revisions }) => {
        const { latestReadyRevision, traffic } = revisions;
        const newest = traffic.filter((one) => one.latestRevision && one.revisionName === latestReadyRevision);
        return newest.some((one) => (one.percent ?? 0) === (percent ?? 100));
      },
      "did not get its requests",
    );
  }

  /** `known`: how it was read last. */
  private async put(predictor: Predictor, percent: number | null, known: Found | undefined): Promise<void> {
    const { cluster, handle } = this.context;
    const { spec } = inferenceService(this.labelled, predictor, percent);
    this.isChanged = true;
    let found = known;
    for (let left = TRIES; left > 0; left--) {
      if (!found) throw new UserError(`The InferenceService ${handle.name} was removed from the cluster meanwhile.`);
      if (await cluster.replace(servicePath(handle), { ...found.object, spec }, this.signal)) return;
      found = await this.find();
    }
    throw new UserError(`Somebody else is just changing ${handle.name} in the cluster. Try again.`);
  }

  private async until(ms: number, isSo: (found: Found) => boolean, fault: string): Promise<void> {
    for (const end = Date.now() + ms; ; await wait(LOOK_MS, undefined, { signal: this.signal })) {
      const found = await this.find();
      if (found && isSo(found)) return;
      if (Date.now() < end) continue;
      throw new UserError(`It ${fault} within ${ms / 1_000} seconds. ${found?.said ?? ""}`.trimEnd());
    }
  }

  private async untilUp(predictor: Predictor): Promise<void> {
    let said = "";
    const end = Date.now() + patienceOf(this.context.settings) * 1_000;
    for (; ; await wait(LOOK_MS, undefined, { signal: this.signal })) {
      const isLate = Date.now() > end;
      const now = await this.progress(predictor, isLate).catch((error: Error) => {
        if (error instanceof ClusterAway && !isLate) return error.message;
        throw error;
      });
      if (now === null) return;
      if (now !== said) this.options.onStep("start", `Waiting for version ${predictor.version}: ${now}`);
      said = now;
    }
  }

  /** What it waits for; null when it is the newest that is ready. Throws UserError when it will not be, or is late. */
  private async progress({ version, signature, image }: Predictor, isLate: boolean): Promise<string | null> {
    const { cluster, handle, settings } = this.context;
    const { namespace } = handle;
    const found = await this.find();
    if (!found) throw new UserError(`The InferenceService ${handle.name} was removed from the cluster.`);
    const { latestCreatedRevision, latestReadyRevision } = found.revisions;
    const revision = await findRevision(cluster, namespace, latestCreatedRevision, this.signal);
    const isOurs = revision?.signature === signature;
    if (isOurs && latestCreatedRevision === latestReadyRevision) return null;
    const pods = isOurs ? await podsWith(cluster, namespace, podsOf(revision.name), this.signal) : [];
    const trouble = worstOf(pods, CONTAINER, { image, memory: settings.memory });
    const refusal = isOurs ? revision.fault : null;
    if (trouble?.isHopeless || refusal !== null || isLate) {
      const fault = isLate ? `was not ready within ${Math.round(patienceOf(settings))} seconds` : "does not start";
      const why = trouble?.text ?? refusal ?? found.said ?? "";
      const printed = await lastWords(cluster, { namespace, pods, container: CONTAINER }, this.signal);
      throw new UserError(`${`Version ${version} ${fault}. ${why}`.trimEnd()}${printed}`);
    }
    return trouble?.text ?? "KServe is bringing it up";
  }

  private async verify(predictor: Predictor): Promise<void> {
    const { plan, options, signal } = this;
    const { cluster, handle } = this.context;
    const route = plan.routes.find(({ version }) => version === predictor.version)!;
    const found = await this.find();
    const revision = found?.revisions.latestReadyRevision ?? "";
    const access = forwardedAccess({
      open: async () => cluster,
      find: async () => {
        const pods = await podsWith(cluster, handle.namespace, podsOf(revision), signal);
        const pod = pods.find(isReady);
        if (pod) return { to: `pod/${pod.metadata.name}`, namespace: handle.namespace, port: PORT };
        throw new UserError(
          `Version ${predictor.version} has no pod that could be asked: it went to sleep before. Give the target \`minReplicas: 1\`.`,
        );
      },
      ...{ url: null, token: plan.token },
    });
    try {
      await checkVersion(route.ready, predictor.image, access, signal);
      await options.verify(route, access);
    } finally {
      access.end();
    }
  }

  /** Null when it is done; else why it is not. */
  private async goBack(before: Found | undefined): Promise<string | null> {
    const { cluster, handle } = this.context;
    this.signal = AbortSignal.timeout(UNDO_MS);
    const fresh = this.handle.secrets.filter((one) => !handle.secrets.includes(one));
    const undone = await onceBack(() => this.restore(before), this.signal).then(
      () => null,
      ({ message }: Error) => message,
    );
    await removeSecrets(cluster, handle.namespace, fresh, this.signal).catch(() => {});
    await this.removeImages();
    return undone;
  }

  private async restore(before: Found | undefined): Promise<void> {
    const { cluster, handle } = this.context;
    const { champion, challenger } = handle;
    if (!before) await removeOwn(cluster, handle, servicePath(handle), this.signal);
    else if (this.isChanged && champion) await this.bringTo({ champion, challenger }, await this.find(), false);
  }

  /** Those that were built for this change. */
  private removeImages(): Promise<void> {
    const { settings, env, handle } = this.context;
    return removeMade({ before: handle.images, after: this.handle.images }, settings, env);
  }
}
