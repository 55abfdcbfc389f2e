/** A model server in a container, as a process that stands for it: the gateway starts, watches and ends it like any other. */
import { renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod/mini";
import { UserError } from "../../domain/errors";
import { containerName } from "../../targets/container/createArguments";
import { createEngine, type Engine } from "../../targets/container/engine";
import { removeContainer, stopContainer } from "../../targets/container/lifecycle";
import { endOfContainer, inspectContainer } from "../../targets/container/state";
import { freePort } from "../compatibility/trialServer";
import { httpCall } from "../gateway/httpCall";
import { authorization } from "../gateway/modelServer";

/** Where the app listens in a container that has a network of its own. */
const PORT = 8080;
const HERE = "127.0.0.1";
const LOOK_MS = 100;
const ASK_MS = 5_000;
/** What is still to be read of its log when it has ended. */
const LOG_MS = 1_000;
/** Within what the gateway gives a model server to end. */
const END_MS = 24_000;

/** What the process is told: no secrets, as anyone on the machine can read it. */
export const ContainerServer = z.object({
  program: z.string(),
  context: z.optional(z.string()),
  deployment: z.string(),
  /** Its very content. */
  image: z.string(),
  /** For `create`, besides its name, its port and what runs in it. */
  words: z.array(z.string()),
  /** The app in the image, without where it listens. */
  argv: z.array(z.string()),
  /** It has the network of this machine, and so no port of its own. */
  hostNetwork: z.boolean(),
});
export type ContainerServer = z.infer<typeof ContainerServer>;

/** Until the container ends, or we are told to end (SIGTERM), which ends it too. Resolves with the exit code. */
export async function serveContainer(server: ContainerServer, readyFile: string): Promise<number> {
  const engine = createEngine(server);
  const key = `${server.deployment}-${path.basename(readyFile, ".ready")}`;
  const stopping = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => stopping.abort());
  process.on("SIGHUP", () => {});
  try {
    // One that is left when the process that stood for it was killed.
    await removeContainer(engine, key, stopping.signal);
    const port = await start(engine, server, containerName(key), stopping.signal);
    return await untilItEnds(engine, containerName(key), { port, readyFile, signal: stopping.signal });
  } catch (error) {
    if (stopping.signal.aborted) return 0;
    process.stdout.write(`${error instanceof UserError ? error.message : (error as Error).stack}\n`);
    return 1;
  } finally {
    const signal = AbortSignal.timeout(END_MS);
    await stopContainer(engine, key, signal).catch(() => {});
    await removeContainer(engine, key, signal).catch(() => {});
  }
}

/** Resolves with the port of this machine by which it is reached. */
async function start(engine: Engine, server: ContainerServer, name: string, signal: AbortSignal): Promise<number> {
  const { words, image, argv, hostNetwork } = server;
  const own = hostNetwork ? await freePort() : undefined;
  const [program, ...rest] = argv;
  const listening = own === undefined ? ["--host", "0.0.0.0", "--port", PORT] : ["--host", HERE, "--port", own];
  const published = own === undefined ? ["--publish", `${HERE}::${PORT}`] : [];
  // The token comes from our own variables, so that it is on no command line.
  const given = [...published, "--env", "MODELTRAIL_SERVE_TOKEN", ...words, "--entrypoint", program!, image];
  await engine.run(["container", "create", "--name", name, ...given, ...rest, ...listening.map(String)], { signal });
  await engine.run(["container", "start", name], { signal });
  return own ?? publishedPort(await engine.run(["container", "port", name, `${PORT}/tcp`], { signal }));
}

function publishedPort(text: string): number {
  const port = Number(/:(\d+)\s*$/m.exec(text)?.[1]);
  if (!port) throw new UserError(`The container's port is not published: ${text.trim() || "nothing is"}.`);
  return port;
}

interface Watching {
  port: number;
  readyFile: string;
  signal: AbortSignal;
}

async function untilItEnds(engine: Engine, name: string, { port, readyFile, signal }: Watching): Promise<number> {
  const print = (chunk: Buffer) => void process.stdout.write(chunk);
  const reading = new AbortController();
  const printing = engine
    .run(["container", "logs", "--follow", name], {
      ...{ signal: AbortSignal.any([signal, reading.signal]), onOutput: print, onMessage: print },
    })
    .catch(() => {});
  const over = engine.run(["container", "wait", name], { signal });
  const begun = new AbortController();
  const isReady = await Promise.race([answers(port, AbortSignal.any([signal, begun.signal])), over.then(() => false)]);
  begun.abort();
  if (isReady) tellReady(readyFile, port);
  await over;
  await Promise.race([printing, wait(LOG_MS)]);
  reading.abort();
  const container = await inspectContainer(engine, name, signal);
  if (!container) throw new UserError("Its container was removed.");
  const { reason } = endOfContainer(container);
  if (reason) process.stdout.write(`${reason}\n`);
  return container.State.ExitCode;
}

/** Resolves when the app does. An engine may take connections before. */
async function answers(port: number, signal: AbortSignal): Promise<boolean> {
  const headers = authorization(process.env.MODELTRAIL_SERVE_TOKEN || null);
  for (; !signal.aborted; await wait(LOOK_MS)) {
    const answer = await httpCall({ host: HERE, port, path: "/ping", headers, limit: ASK_MS, signal }).catch(
      () => null,
    );
    if (answer?.status === 200) return true;
  }
  return false;
}

/** In the words of the app that serves. */
function tellReady(file: string, port: number): void {
  writeFileSync(`${file}.new`, JSON.stringify({ port, pid: process.pid }));
  renameSync(`${file}.new`, file);
}
