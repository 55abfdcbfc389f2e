/** Docker, Podman, or a program that takes their arguments, asked through their command line. */
import path from "node:path";
import * as z from "zod/mini";
import { UserError } from "../../domain/errors";
import { runChild } from "../host/child";

export interface Engine {
  /** For messages: "Docker", "Podman". */
  readonly name: string;
  readonly isPodman: boolean;
  /** What it writes. Throws UserError with what it said when it fails. */
  run(args: readonly string[], options: EngineOptions): Promise<string>;
  /** Likewise, read as JSON. */
  json(args: readonly string[], options: EngineOptions): Promise<unknown>;
}

export interface EngineOptions {
  signal: AbortSignal;
  /** Default: ours. */
  cwd?: string;
  input?: string | Buffer | NodeJS.ReadableStream;
  /** Called with what it writes, instead of collecting it; its messages included. */
  onOutput?(chunk: Buffer): void;
  /** Called with its messages as they come. */
  onMessage?(chunk: Buffer): void;
}

/** It said no: `said` are its own words. */
export class EngineError extends UserError {
  constructor(
    message: string,
    readonly said: string,
  ) {
    super(message);
  }
}

export interface EngineSettings {
  /** Name or path of the program. */
  program: string;
  /** A context of Docker, or a connection of Podman. Default: its own. */
  context?: string | undefined;
  env?: NodeJS.ProcessEnv;
}

export function createEngine({ program, context, env = process.env }: EngineSettings): Engine {
  const isPodman = path.basename(program).startsWith("podman");
  const name = isPodman ? "Podman" : path.basename(program) === "nerdctl" ? "nerdctl" : "Docker";
  const place = context === undefined ? [] : isPodman ? ["--connection", context] : ["--context", context];
  const run: Engine["run"] = async (args, { signal, cwd, input, onOutput, onMessage }) => {
    const { exitCode, stdout, stderr, startError } = await runChild([program, ...place, ...args], {
      signal,
      ...(cwd === undefined ? {} : { cwd }),
      ...(input === undefined ? {} : { input }),
      ...(onOutput ? { onOutput } : {}),
      ...(onMessage ? { onError: onMessage } : {}),
      // Its messages are looked at. (Docker would else hint at products in them.)
      env: { ...env, LC_ALL: "C", DOCKER_CLI_HINTS: "false" },
      detached: true,
    });
    if (startError) throw new EngineError(notStarted(name, program, startError), startError);
    if (exitCode !== 0) throw new EngineError(explain(name, args, stderr), stderr.trim());
    return stdout.toString("utf8");
  };
  return {
    name,
    isPodman,
    run,
    async json(args, options) {
      const text = await run(args, options);
      try {
        return JSON.parse(text);
      } catch {
        throw new UserError(`${name} answered "${program} ${args[0]}" with something else than JSON.`);
      }
    },
  };
}

function notStarted(name: string, program: string, startError: string): string {
  if (startError === "ENOENT") {
    return `${name} is not installed, or "${program}" is not on PATH: install it, or say where it is as \`program\` of the target.`;
  }
  return `"${program}" could not be started (${startError}).`;
}

/** The first that fits holds. */
const REASONS: readonly [pattern: RegExp, advice: (name: string) => string][] = [
  [/permission denied.*(?:docker|podman)[^ ]*\.sock/is, () => "you may not use it: join its group, or use Podman"],
  [
    /cannot connect to the docker daemon|connection refused|unable to connect to podman|is the docker daemon running/i,
    (name) => `${name} does not run: start it`,
  ],
  [/no space left/i, () => "the disk of its images and containers is full"],
  [
    /could not select device driver|unresolvable cdi|nvidia\.com\/gpu/i,
    () => "it has no GPUs to give: install the NVIDIA Container Toolkit",
  ],
];

function explain(name: string, args: readonly string[], stderr: string): string {
  const [, advice] = REASONS.find(([pattern]) => pattern.test(stderr)) ?? [];
  const said = stderr.trim().split("\n").filter(Boolean).slice(-4).join("\n  ");
  const what = `${name} could not do "${args.slice(0, args[0] === "container" || args[0] === "image" ? 2 : 1).join(" ")}"`;
  return `${what}${advice ? `: ${advice(name)}` : ""}.${said ? `\n  ${said}` : ""}`;
}

/** How it runs containers, as far as it matters for files. */
export interface EngineInfo {
  version: string;
  /** Root in a container is the user outside. */
  rootless: boolean;
  /** Its containers cannot see files of this machine. */
  remote: boolean;
}

const PodmanInfo = z.object({
  host: z.object({
    security: z.optional(z.object({ rootless: z.optional(z.boolean()) })),
    serviceIsRemote: z.optional(z.boolean()),
  }),
  version: z.optional(z.object({ Version: z.optional(z.string()) })),
});
const DockerInfo = z.object({
  ServerVersion: z.optional(z.string()),
  SecurityOptions: z.optional(z.nullable(z.array(z.string()))),
  // Said instead of the rest when there is no daemon.
  ServerErrors: z.optional(z.array(z.string())),
});

export async function askEngine(engine: Engine, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<EngineInfo> {
  if (engine.isPodman) {
    const { host, version } = PodmanInfo.parse(await engine.json(["info", "--format", "json"], { signal }));
    const rootless = host.security?.rootless ?? false;
    // The machine of macOS and Windows has the user's home folder at the same path.
    const remote = (host.serviceIsRemote ?? false) && process.platform === "linux";
    return { version: version?.Version ?? "", rootless, remote };
  }
  const info = DockerInfo.parse(await engine.json(["info", "--format", "{{json .}}"], { signal }));
  if (info.ServerErrors?.length) throw new UserError(explain(engine.name, ["info"], info.ServerErrors.join("\n")));
  const rootless = info.SecurityOptions?.some((option) => option.includes("name=rootless")) ?? false;
  return { version: info.ServerVersion ?? "", rootless, remote: await isRemoteDocker(engine, env, signal) };
}

/** Docker Desktop's virtual machine has the user's files, and is reached through a socket or pipe as a local one is. */
async function isRemoteDocker(engine: Engine, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<boolean> {
  const endpoint =
    env.DOCKER_HOST ??
    (await engine
      .run(["context", "inspect", "--format", "{{.Endpoints.docker.Host}}"], { signal })
      .then((text) => text.trim())
      // nerdctl knows no contexts.
      .catch(() => ""));
  return /^(?:tcp|ssh|https?):/.test(endpoint);
}
