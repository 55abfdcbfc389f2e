/** What a gateway keeps in its deployment's folder: enough to go on after it was killed. */
import { randomBytes } from "node:crypto";
import { chmodSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod/mini";
import { InputSchema } from "../../domain/bundle";
import { Route } from "../../domain/deployment";
import { PredictionLogSettings } from "../../domain/deploymentSettings";

const Identity = z.object({ pid: z.int(), startToken: z.string(), host: z.string() });

/** A model server, and the process that it is now. */
export const ServerSpec = z.object({
  id: z.string(),
  model: z.string(),
  version: z.int(),
  /** The bundle's hash and folder. */
  bundle: z.string(),
  folder: z.string(),
  /** What starts it, without the options that are ours; and what it needs besides our own environment, never a secret. */
  argv: z.array(z.string()),
  env: z.record(z.string(), z.string()),
  /** Null: it was not started, or it is gone. */
  process: z.nullable(Identity),
  port: z.nullable(z.int()),
});
export type ServerSpec = z.infer<typeof ServerSpec>;

/** A route, and the server that has it. */
export const GatewayRoute = z.extend(Route, { server: z.string() });
export type GatewayRoute = z.infer<typeof GatewayRoute>;

/** How requests are taken. */
export const GatewaySettings = z.object({
  host: z.string(),
  /** 0: any that is free; which one it became is written here. */
  port: z.int(),
  /** SHA-256 of what callers have to show; null: nothing. */
  tokenHash: z.nullable(z.string()),
  /** Bytes, seconds, requests at the same time. */
  limits: z.object({ body: z.number(), time: z.number(), concurrent: z.int() }),
  /** False: predictions are not logged. */
  log: z.union([z.literal(false), PredictionLogSettings]),
  /** Of the model, for masking columns that have no names in a request. */
  input: z.nullable(InputSchema),
});
export type GatewaySettings = z.infer<typeof GatewaySettings>;

export const GatewayFile = z.object({
  format: z.literal(1),
  deployment: z.string(),
  settings: GatewaySettings,
  /** What model servers ask of who speaks to them; null: the gateway has still to make one. */
  serverToken: z.nullable(z.string()),
  routes: z.array(GatewayRoute),
  servers: z.array(ServerSpec),
});
export type GatewayFile = z.infer<typeof GatewayFile>;

/** Where a gateway is spoken to by who steers it, and by whom: nobody else can read the file. */
const ControlFile = z.object({ port: z.int(), secret: z.string(), process: Identity });
export type ControlFile = z.infer<typeof ControlFile>;

/** Places in a deployment's folder. */
export function placesIn(folder: string) {
  return {
    gateway: join(folder, "gateway.json"),
    control: join(folder, "control.json"),
    log: join(folder, "gateway.log"),
    gatewayLock: join(folder, "gateway.lock"),
    keeperLock: join(folder, "keeper.lock"),
    applyLock: join(folder, "apply.lock"),
    /** What callers show, where they are asked for it. */
    token: join(folder, "token"),
    servers: join(folder, "servers"),
    /** Copies of the command that its processes run. */
    program: join(folder, "program"),
    serverLog: (id: string) => join(folder, "servers", `${id}.log`),
    readyFile: (id: string) => join(folder, "servers", `${id}.ready`),
  };
}

/** Null when there is none: nothing is to be served. */
export function readGatewayFile(folder: string): GatewayFile | null {
  return read(placesIn(folder).gateway, GatewayFile);
}

export function writeGatewayFile(folder: string, file: GatewayFile): void {
  writePrivately(placesIn(folder).gateway, file);
}

export function readControlFile(folder: string): ControlFile | null {
  return read(placesIn(folder).control, ControlFile);
}

export function writeControlFile(folder: string, file: ControlFile): void {
  writePrivately(placesIn(folder).control, file);
}

function read<Schema extends z.ZodMiniType>(file: string, schema: Schema): z.infer<Schema> | null {
  try {
    return schema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return null;
  }
}

/** All of it or nothing, and for its owner alone. */
function writePrivately(file: string, value: unknown): void {
  const temporary = `${file}.${randomBytes(6).toString("hex")}`;
  try {
    writeFileSync(temporary, JSON.stringify(value), { mode: 0o600, flag: "wx" });
    chmodSync(temporary, 0o600);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
