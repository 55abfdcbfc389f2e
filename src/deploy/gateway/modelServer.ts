/** A model server: started, watched, started again when it dies, or taken over from a gateway that died. */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { Agent } from "node:http";
import { delimiter } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { cleanEnvironment } from "../../reproduce/venv";
import type { ProcessIdentity } from "../../store/contract";
import { isAlive, processIdentity, processState } from "../../store/process";
import { endProcess, forceGroup } from "./endProcess";
import { placesIn, type ServerSpec } from "./files";
import { httpCall } from "./httpCall";
import { tailLines, turnOver } from "./logTail";
import { endText, memoryKills, type ServerEnd } from "./serverEnd";

const HOST = "127.0.0.1";
/** Of what it printed, for messages. */
const TAIL = 40;
/** A process that was taken over is no child: it is looked at. macOS and Windows have to ask a program for that. */
const LOOK_MS = process.platform === "linux" ? 200 : 2_000;
const SUSPECT_LOOKS = 5;
const LOOK_PAUSE_MS = 20;
const READY_LOOK_MS = 50;
const HEALTH_MS = 5_000;
const HEALTH_LIMIT_MS = 10_000;
/** So often it may be silent before it is taken for dead. */
const SILENCES = 3;
/** Deaths within so many ms that are a loop. */
const LOOP = { deaths: 3, ms: 60_000 };
const MOST_PAUSE_MS = 30_000;
/** What a server gets to answer what it was asked, once it is to end. */
const END_MS = 25_000;

export type ServerState = "starting" | "ready" | "failing" | "stopped";

export interface ModelServer {
  readonly spec: ServerSpec;
  readonly state: ServerState;
  readonly restarts: number;
  /** Why it is not ready, or was not; null when there is nothing to say. */
  readonly fault: string | null;
  readonly agent: Agent;
  /** Requests on their way to it. */
  inFlight: number;
  /** Resolves when it is ready: true; false when it will not be within so many ms. */
  whenReady(ms: number): Promise<boolean>;
  /** Somebody got no answer: looks whether it is still there. Resolves when that is known, and its state says so. */
  suspect(): Promise<void>;
  log(lines: number): string[];
  /** Resolves when nothing of it runs. */
  stop(): Promise<void>;
}

export interface ServerOptions {
  folder: string;
  token: string | null;
  /** Its process or port is another one now: to be kept. */
  onChange(): void;
  say(line: string): void;
  /** Not yet ready once: it is not started again when it dies. */
  candidate: boolean;
}

export function runModelServer(given: ServerSpec, options: ServerOptions): ModelServer {
  const { folder, token, onChange, say } = options;
  const places = placesIn(folder);
  const [logFile, readyFile] = [places.serverLog(given.id), places.readyFile(given.id)];
  const spec = { ...given };
  // Servers close connections that nobody uses, so ours are closed before: of those that are in use, none is.
  const agent = new Agent({ keepAlive: true, timeout: 4_000, scheduling: "lifo" });
  const listeners = new Set<() => void>();
  const deaths: number[] = [];
  let state: ServerState = "starting";
  let fault: string | null = null;
  let restarts = 0;
  let wasReady = !options.candidate;
  let stopping = false;
  let kills = 0;
  const waking = new AbortController();

  function change(next: ServerState): void {
    state = next;
    for (const listener of [...listeners]) listener();
  }

  async function keepUp(): Promise<void> {
    // One that is just starting goes on, too: it writes the file that says where it listens, whoever waits for that.
    let adopted = spec.process !== null && processState(spec.process) === "alive";
    while (!stopping) {
      if (!adopted) change("starting");
      const process = adopted ? watchOther(spec.process!) : start();
      if (adopted) say(`version ${spec.version}: goes on as process ${spec.process!.pid}`);
      const ready = await Promise.race([listens(adopted, process), process.ended.then(() => false)]);
      if (ready && !stopping) {
        wasReady = true;
        fault = null;
        onChange();
        change("ready");
      }
      const watching = watchHealth(process);
      const end = await process.ended;
      clearInterval(watching);
      adopted = false;
      await died(end);
      if (stopping || !wasReady) break;
      restarts++;
      await wait(pause(), undefined, { signal: waking.signal }).catch(() => {});
    }
    change(stopping ? "stopped" : "failing");
  }

  interface Watched {
    ended: Promise<ServerEnd>;
    look(): void;
  }
  let watched: Watched | undefined;

  function start(): Watched {
    // Not those above it: a folder that was deleted is not made anew.
    if (!existsSync(places.servers)) mkdirSync(places.servers);
    rmSync(readyFile, { force: true });
    turnOver(logFile);
    kills = memoryKills();
    const output = openSync(logFile, "a", 0o600);
    let child: ChildProcess;
    try {
      child = spawn(spec.argv[0]!, [...spec.argv.slice(1), "--host", HOST, "--port", "0", "--ready-file", readyFile], {
        cwd: spec.folder,
        env: serverEnvironment(spec, token),
        // A group of its own, so that all of it can be ended, and that it outlives us.
        detached: true,
        stdio: ["ignore", output, output],
        windowsHide: true,
      });
    } finally {
      closeSync(output);
    }
    const ended = new Promise<ServerEnd>((resolve) => {
      child.once("error", (error) => {
        fault = `The model server could not be started: ${error.message}.`;
        resolve({ code: null, signal: null });
      });
      child.once("exit", (code, signal) => resolve({ code, signal }));
    });
    child.unref();
    spec.process = child.pid === undefined ? null : processIdentity(child.pid);
    spec.port = null;
    onChange();
    watched = { ended, look() {} };
    return watched;
  }

  function watchOther(identity: ProcessIdentity): Watched {
    let look = (): void => {};
    const ended = new Promise<ServerEnd>((resolve) => {
      look = () => {
        if (isAlive(identity)) return;
        clearInterval(timer);
        resolve({ code: null, signal: null });
      };
      const timer = setInterval(() => look(), LOOK_MS);
    });
    watched = { ended, look: () => look() };
    return watched;
  }

  async function listens(adopted: boolean, process: Watched): Promise<boolean> {
    return (adopted && spec.port !== null) || readiness(process);
  }

  /** When it has written that it is ready, where it listens. */
  async function readiness({ ended }: Watched): Promise<boolean> {
    let over = false;
    void ended.then(() => (over = true));
    for (; !over && !stopping; await wait(READY_LOOK_MS)) {
      const port = portIn(readyFile);
      if (port === null) continue;
      spec.port = port;
      return true;
    }
    return false;
  }

  /** A server that hangs answers nobody, and would do so for ever. */
  function watchHealth({ ended }: Watched): NodeJS.Timeout {
    let silences = 0;
    let asking = false;
    let over = false;
    void ended.then(() => (over = true));
    return setInterval(async () => {
      turnOver(logFile);
      if (asking || state !== "ready") return;
      asking = true;
      const call = {
        host: HOST,
        port: spec.port!,
        path: "/ping",
        limit: HEALTH_LIMIT_MS,
        headers: authorization(token),
      };
      const answers = await httpCall(call).then(
        () => true,
        () => false,
      );
      asking = false;
      silences = answers ? 0 : silences + 1;
      if (silences < SILENCES || over || stopping || !spec.process) return;
      say(`version ${spec.version}: does not answer, and is ended`);
      await endProcess(spec.process, 0);
    }, HEALTH_MS).unref();
  }

  async function died(end: ServerEnd): Promise<void> {
    if (spec.process) forceGroup(spec.process.pid);
    spec.process = null;
    spec.port = null;
    agent.destroy();
    if (stopping) return;
    deaths.push(Date.now());
    fault ??= endText(end, tailLines(logFile, TAIL), memoryKills() - kills);
    say(`version ${spec.version}: ${fault}`);
    change(isLoop() || !wasReady ? "failing" : "starting");
    onChange();
  }

  function isLoop(): boolean {
    const recent = deaths.filter((time) => time > Date.now() - LOOP.ms);
    deaths.splice(0, deaths.length, ...recent);
    return recent.length >= LOOP.deaths;
  }

  /** None the first time. */
  function pause(): number {
    return deaths.length <= 1 ? 0 : Math.min(MOST_PAUSE_MS, 500 * 2 ** (deaths.length - 2));
  }

  const over = keepUp().catch((error) => {
    fault = (error as Error).message;
    say(`version ${spec.version}: ${fault}`);
    change("failing");
  });

  return {
    spec,
    get state() {
      return state;
    },
    get restarts() {
      return restarts;
    },
    get fault() {
      return fault;
    },
    agent,
    inFlight: 0,
    whenReady(ms) {
      const isFinal = () => state === "ready" || state === "stopped" || (state === "failing" && !wasReady);
      if (isFinal()) return Promise.resolve(state === "ready");
      return new Promise((resolve) => {
        const done = () => {
          if (!isFinal()) return;
          clearTimeout(timer);
          listeners.delete(done);
          resolve(state === "ready");
        };
        const timer = setTimeout(() => {
          listeners.delete(done);
          resolve(false);
        }, ms);
        listeners.add(done);
      });
    },
    async suspect() {
      // Connections break before the system says that their process has ended.
      for (let left = SUSPECT_LOOKS; left > 0 && state === "ready"; left--) {
        watched?.look();
        await wait(LOOK_PAUSE_MS);
      }
    },
    log: (lines) => tailLines(logFile, lines),
    async stop() {
      if (stopping) return over;
      stopping = true;
      waking.abort();
      change("stopped");
      // Ends the wait for its end, too.
      if (spec.process && !(await endProcess(spec.process, END_MS))) {
        throw new Error(`Process ${spec.process.pid}, which serves version ${spec.version}, could not be ended.`);
      }
      await over;
      agent.destroy();
      for (const file of [readyFile, logFile, `${logFile}.1`]) rmSync(file, { force: true });
    },
  };
}

export function authorization(token: string | null): Record<string, string> {
  return token === null ? {} : { authorization: `Bearer ${token}` };
}

function serverEnvironment({ folder, env }: ServerSpec, token: string | null): NodeJS.ProcessEnv {
  const { MODELTRAIL_RUN_ID: _, ...ours } = cleanEnvironment(process.env);
  return {
    ...ours,
    ...env,
    // The app that serves lies in the bundle.
    PYTHONPATH: [folder, ...(env.PYTHONPATH ? [env.PYTHONPATH] : [])].join(delimiter),
    PYTHONUNBUFFERED: "1",
    // A bundle is not written to.
    PYTHONDONTWRITEBYTECODE: "1",
    ...(token === null ? {} : { MODELTRAIL_SERVE_TOKEN: token }),
  };
}

function portIn(file: string): number | null {
  try {
    const { port } = JSON.parse(readFileSync(file, "utf8"));
    return Number.isInteger(port) ? port : null;
  } catch {
    return null;
  }
}
