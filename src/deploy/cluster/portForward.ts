/** A way from this machine to a pod, through the cluster's API: `kubectl port-forward`, kept for as long as it is used. */
import { type ChildProcess, spawn } from "node:child_process";
import { Agent } from "node:http";
import { UserError } from "../../domain/errors";
import { type Cluster, errorOf } from "../../targets/kubernetes/cluster";
import type { Access, Answer } from "../contract";
import { flat } from "../gateway/client";
import { httpCall, NoAnswer } from "../gateway/httpCall";
import { authorization } from "../gateway/modelServer";
import { type OpenCluster, told } from "./open";

const HERE = "127.0.0.1";
const OPEN_MS = 30_000;
const ANSWER_MS = 300_000;
const KEPT_OUTPUT = 4_000;
/** It is ended when nobody has asked for so long. */
const IDLE_MS = 5_000;

interface Way {
  forward: Forward;
  host: string | undefined;
}

interface Forward {
  port: number;
  /** Its process lives. */
  isOpen(): boolean;
  end(): void;
}

/** `to`: "pod/NAME" or "service/NAME". Throws UserError and HostUnreachable with what kubectl says. */
async function openForward(cluster: Cluster, to: string, namespace: string, port: number): Promise<Forward> {
  const { argv, env } = cluster.kubectl;
  const words = ["port-forward", "--namespace", namespace, "--address", HERE, to, `:${port}`];
  const [program, ...rest] = [...argv, ...words];
  const child = spawn(program!, rest, { env, stdio: ["ignore", "pipe", "pipe"], windowsHide: true });
  let isOpen = true;
  const end = () => {
    isOpen = false;
    child.kill();
  };
  process.once("exit", end);
  child.once("close", () => process.removeListener("exit", end));
  try {
    return { port: await portOf(child), isOpen: () => isOpen && child.exitCode === null, end };
  } catch (error) {
    end();
    throw error;
  } finally {
    // Who has asked all that he wanted to does not wait for it.
    child.unref();
    for (const stream of [child.stdout, child.stderr]) (stream as unknown as { unref(): void }).unref();
  }
}

/** As it says when it listens. */
function portOf(child: ChildProcess): Promise<number> {
  let said = "";
  let complained = "";
  return new Promise<number>((resolve, reject) => {
    const late = () => reject(new UserError("The cluster did not open a way to the pod in time."));
    const timer = setTimeout(late, OPEN_MS);
    child.stdout!.on("data", (chunk: Buffer) => {
      said = `${said}${chunk}`.slice(-KEPT_OUTPUT);
      const port = /Forwarding from 127\.0\.0\.1:(\d+)/.exec(said)?.[1];
      if (!port) return;
      clearTimeout(timer);
      resolve(Number(port));
    });
    child.stderr!.on("data", (chunk: Buffer) => {
      complained = `${complained}${chunk}`.slice(-KEPT_OUTPUT);
    });
    const over = (error: Error) => {
      clearTimeout(timer);
      reject(error);
    };
    child.once("error", ({ message }) => over(new UserError(`kubectl could not be started (${message}).`)));
    child.once("close", () => over(errorOf(complained || "kubectl ended")));
  });
}

export interface ForwardTarget {
  to: string;
  namespace: string;
  port: number;
  /** When what is reached tells by it what is asked. */
  host?: string;
}

export interface ForwardOptions {
  open: OpenCluster;
  /** Asked each time that a way is made: pods come and go. */
  find(cluster: Cluster, signal: AbortSignal): Promise<ForwardTarget>;
  /** For messages. */
  url: string | null;
  token: string | null;
}

/** Its way is made at the first request and ends by itself when there are none; `end` ends it at once. */
export function forwardedAccess({ open, find, url, token }: ForwardOptions): Access & { end(): void } {
  const agent = new Agent({ keepAlive: true, timeout: IDLE_MS });
  let way: Promise<Way> | undefined;
  let idle: NodeJS.Timeout | undefined;
  let underWay = 0;

  async function make(signal: AbortSignal): Promise<Way> {
    const cluster = await open(signal);
    const { to, namespace, port, host } = await find(cluster, signal);
    return { forward: await told(() => openForward(cluster, to, namespace, port)), host };
  }

  async function take(signal: AbortSignal): Promise<Way> {
    const known = way;
    const made = await known?.catch(() => undefined);
    if (made?.forward.isOpen()) return made;
    // Of several that find it closed, the first makes another.
    if (way === known) way = make(signal);
    return way!;
  }

  async function ask(
    { forward, host }: Way,
    path: string,
    { method, headers, body, signal }: NonNullable<Parameters<Access["request"]>[1]>,
  ): Promise<Answer> {
    const type = body === undefined ? {} : { "content-type": "application/json" };
    const all = { ...type, ...authorization(token), ...(host === undefined ? {} : { host }), ...headers };
    const verb = method ?? (body === undefined ? "GET" : "POST");
    const call = { host: HERE, port: forward.port, path, method: verb, headers: all, body, signal, agent };
    const answer = await httpCall(call);
    return { ...answer, headers: flat(answer.headers) };
  }

  async function end(): Promise<void> {
    clearTimeout(idle);
    const last = way;
    way = undefined;
    (await last?.catch(() => undefined))?.forward.end();
    agent.destroy();
  }

  return {
    url,
    end: () => void end(),
    async request(path, options = {}) {
      const { signal = AbortSignal.timeout(ANSWER_MS) } = options;
      clearTimeout(idle);
      underWay++;
      try {
        const used = await take(signal);
        return await ask(used, path, { ...options, signal }).catch(async (error: unknown) => {
          if (!(error instanceof NoAnswer)) throw error;
          // The pod behind it went away: the next one is asked. A prediction may be asked for twice.
          used.forward.end();
          return ask(await take(signal), path, { ...options, signal });
        });
      } catch (error) {
        if (error instanceof NoAnswer) throw new UserError(`${url ?? "The pod"} does not answer.`, { cause: error });
        throw error;
      } finally {
        if (--underWay === 0) idle = setTimeout(() => void end(), IDLE_MS).unref();
      }
    },
  };
}
