/**
 * The API server of a cluster, asked through `kubectl`: it signs in as the user does (certificates, tokens, plugins of clouds),
 * and its `--raw` passes requests on as they are.
 */
import * as z from "zod/mini";
import { UserError } from "../../domain/errors";
import { maskText } from "../../domain/secrets";
import { runChild } from "../host/child";
import { HostUnreachable } from "../host/contract";

/** A Kubernetes object, as far as nobody knows more. */
export type Resource = Record<string, unknown>;

/** All of it throws HostUnreachable when the cluster does not answer, and UserError with what it said when it says no. */
export interface Cluster {
  readonly namespace: string;
  /** Its address; null when only kubectl knows it, as in a pod. */
  readonly server: string | null;
  /** What asks this cluster: the words of a `kubectl` before its command, and its variables. */
  readonly kubectl: { argv: readonly string[]; env: NodeJS.ProcessEnv };
  /** Undefined when there is none. `path`: of the API, e.g. "/api/v1/namespaces/x/pods/y". */
  get(path: string, signal: AbortSignal): Promise<unknown>;
  /** False when there is one of this name already. */
  create(path: string, object: Resource, signal: AbortSignal): Promise<boolean>;
  /** Puts the object in the place of the one that is there. False when that was changed or removed since it was read. */
  replace(path: string, object: Resource, signal: AbortSignal): Promise<boolean>;
  /** What the API answers to an object that only asks. */
  ask(path: string, object: Resource, signal: AbortSignal): Promise<unknown>;
  /** No error when there is none. What belongs to it goes with it, before it. */
  remove(path: string, signal: AbortSignal): Promise<void>;
  /** What is at `path`, as it comes. False when there is none. */
  read(path: string, onOutput: (chunk: Buffer) => void, signal: AbortSignal): Promise<boolean>;
}

export interface ClusterSettings {
  kubeconfig?: string | undefined;
  context?: string | undefined;
  namespace?: string | undefined;
  env: NodeJS.ProcessEnv;
}

const View = z.object({
  "current-context": z.optional(z.string()),
  clusters: z.optional(z.nullable(z.array(z.object({ cluster: z.object({ server: z.optional(z.string()) }) })))),
  contexts: z.optional(z.nullable(z.array(z.object({ context: z.object({ namespace: z.optional(z.string()) }) })))),
});

/** Throws UserError when there is no kubectl, or no such context. */
export async function openCluster(settings: ClusterSettings, signal: AbortSignal): Promise<Cluster> {
  const { kubeconfig, context, env } = settings;
  const place = [
    ...(kubeconfig === undefined ? [] : ["--kubeconfig", kubeconfig]),
    ...(context === undefined ? [] : ["--context", context]),
  ];

  let kubectl = ["kubectl", ...place];

  async function run(
    args: readonly string[],
    options: { input?: string; onOutput?(chunk: Buffer): void },
    end = signal,
  ) {
    const argv = [...kubectl, ...args];
    const { exitCode, stdout, stderr, startError } = await runChild(argv, {
      ...options,
      signal: end,
      env,
      detached: true,
    });
    if (startError === "ENOENT") {
      throw new UserError("Kubernetes is asked by kubectl, which is not installed or not on PATH.");
    }
    if (startError) throw new UserError(`kubectl could not be started (${startError}).`);
    return { failure: exitCode === 0 ? null : failureOf(stderr), text: stdout.toString("utf8") };
  }

  async function ask(args: readonly string[], end: AbortSignal, input?: string): Promise<string | Failure> {
    const { failure, text } = await run([...args, REQUEST_LIMIT], input === undefined ? {} : { input }, end);
    if (failure && !failure.expected) throw failure.error;
    return failure ?? text;
  }

  const view = await ownView();
  const namespace = settings.namespace ?? view.contexts?.[0]?.context.namespace ?? "default";
  const server = view.clusters?.[0]?.cluster.server ?? null;
  const current = view["current-context"];
  // Somebody may choose another one in a terminal meanwhile.
  if (context === undefined && current) kubectl = [...kubectl, "--context", current];

  async function ownView(): Promise<z.infer<typeof View>> {
    const { failure, text } = await run(["config", "view", "--minify", "--output", "json"], {});
    if (!failure) return View.parse(JSON.parse(text));
    if (settings.namespace === undefined) throw failure.error;
    return {};
  }

  return {
    namespace,
    server: server === null ? null : maskText(server),
    kubectl: { argv: kubectl, env },
    async get(path, end) {
      const answer = await ask(["get", "--raw", path], end);
      return typeof answer === "string" ? JSON.parse(answer) : undefined;
    },
    async create(path, object, end) {
      const answer = await ask(["create", "--raw", path, "--filename", "-"], end, JSON.stringify(object));
      if (typeof answer === "string") return true;
      if (answer.expected === "AlreadyExists") return false;
      throw answer.error;
    },
    async replace(path, object, end) {
      const answer = await ask(["replace", "--raw", path, "--filename", "-"], end, JSON.stringify(object));
      if (typeof answer === "string") return true;
      if (answer.expected === "Conflict" || answer.expected === "NotFound") return false;
      throw answer.error;
    },
    async ask(path, object, end) {
      const answer = await ask(["create", "--raw", path, "--filename", "-"], end, JSON.stringify(object));
      if (typeof answer === "string") return JSON.parse(answer);
      throw answer.error;
    },
    async remove(path, end) {
      await ask(["delete", "--raw", `${path}?propagationPolicy=Foreground`], end);
    },
    async read(path, onOutput, end) {
      const { failure } = await run(["get", "--raw", path], { onOutput }, end);
      if (failure && failure.expected !== "NotFound") throw failure.error;
      return failure === null;
    },
  };
}

/** Opens the cluster when it is first needed, and again after that failed. */
export function openerOf(settings: ClusterSettings): (signal: AbortSignal) => Promise<Cluster> {
  let opened: Promise<Cluster> | undefined;
  return (signal) => {
    opened ??= openCluster(settings, signal);
    opened.catch(() => {
      opened = undefined;
    });
    return opened;
  };
}

const REQUEST_LIMIT = "--request-timeout=60s";

const EXPECTED = ["NotFound", "AlreadyExists", "Conflict"] as const;

interface Failure {
  /** What callers deal with. */
  expected: (typeof EXPECTED)[number] | null;
  error: Error;
}

/** What `kubectl` says when it fails, as an error of the two kinds. */
export const errorOf = (stderr: string): Error => failureOf(stderr).error;

/** "Error from server (NotFound): jobs.batch "x" not found": the reason is the API's own, in no language but its. */
function failureOf(stderr: string): Failure {
  const said = stderr.trim().split("\n").at(-1) ?? "";
  const reason = /^Error from server \((\w+)\)/.exec(said)?.[1];
  const text = said.replace(/^[Ee]rror(?: from server)?(?: \(\w+\))?: /, "");
  const expected = EXPECTED.find((one) => one === reason);
  if (expected) return { expected, error: new UserError(text) };
  const unreachable =
    /^(?:Timeout|ServiceUnavailable|InternalError|TooManyRequests|ServerTimeout)$/.test(reason ?? "") ||
    /unable to connect|connection (?:refused|reset)|was refused|no such host|i\/o timeout|deadline exceeded|EOF$|network is unreachable|etcdserver: (?:request timed out|leader changed|no leader)/i.test(
      said,
    );
  if (unreachable) return { expected: null, error: new HostUnreachable(`The cluster cannot be reached: ${text}`) };
  return { expected: null, error: new UserError(explain(reason, text)) };
}

function explain(reason: string | undefined, text: string): string {
  if (reason === "Unauthorized" || /must be logged in|provide credentials/i.test(text)) {
    return `The cluster does not know you (${text}): sign in, for example with: kubectl get pods`;
  }
  if (reason === "Forbidden")
    return `The cluster does not let you: ${text}. Ask its administrator, or use another namespace.`;
  return `The cluster said no: ${text}`;
}
