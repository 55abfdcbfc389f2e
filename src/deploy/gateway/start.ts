/** Starting a gateway, or finding that there is one. */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { UserError } from "../../domain/errors";
import { isLocked } from "../../store/fileLock";
import { gatewayClient, NoGateway } from "./client";
import type { GatewayState } from "./control";
import { placesIn } from "./files";
import { CHANNEL } from "./heldSocket";
import { tailLines, turnOver } from "./logTail";
import { forgetOtherPrograms, ownProgram } from "./ownProgram";

const POLL_MS = 50;
const PATIENCE_MS = 30_000;
/** What a keeper may take until it has its lock; of several, all but one end again. */
const KEEPER_MS = 5_000;

export interface GatewayPlace {
  /** The deployment's name and folder, the project's root and the store's folder. */
  name: string;
  folder: string;
  root: string;
  storeFolder: string;
  /** The `modeltrail` command, to be put before its arguments; default: this very process's. */
  program?: readonly string[];
  env?: NodeJS.ProcessEnv;
}

/** Resolves with its state when it answers. `gateway.json` has to be there. Throws UserError with what it printed. */
export async function ensureGateway(place: GatewayPlace, signal: AbortSignal): Promise<GatewayState> {
  const client = gatewayClient(place.folder);
  const { keeperLock, log } = placesIn(place.folder);
  let nextKeeper = 0;
  for (const end = Date.now() + PATIENCE_MS; ; await wait(POLL_MS)) {
    signal.throwIfAborted();
    // Not once only: a keeper that was just killed has its lock until the last of its threads is gone.
    if (Date.now() >= nextKeeper && isLocked(keeperLock) !== true) {
      startKeeper(place);
      nextKeeper = Date.now() + KEEPER_MS;
    }
    try {
      const state = await client.state(signal);
      if (state.url !== null || state.fault !== null) return state;
    } catch (error) {
      if (!(error instanceof NoGateway)) throw error;
    }
    if (Date.now() > end) {
      throw new UserError(["The gateway does not start. It printed last:", ...tailLines(log, 10)].join("\n"));
    }
  }
}

/** Apart from us, in a session of its own. */
function startKeeper(place: GatewayPlace): void {
  const { folder } = place;
  const program = ownProgram(folder, place.program);
  if (isLocked(placesIn(folder).gatewayLock) === false) forgetOtherPrograms(folder, program);
  startApart({ ...place, program }, "keep").unref();
}

/** By the gateway, which gives it its socket. */
export function startKeeperOfGateway(place: GatewayPlace): ChildProcess {
  return startApart(place, "keep", CHANNEL);
}

/** By the keeper, which waits for its end. */
export function startGatewayProcess(place: GatewayPlace): ChildProcess {
  return startApart(place, "serve", CHANNEL);
}

function startApart(
  { name, folder, root, storeFolder, program, env = process.env }: GatewayPlace,
  word: "keep" | "serve",
  channel: readonly "ipc"[] = [],
): ChildProcess {
  const { log } = placesIn(folder);
  mkdirSync(folder, { recursive: true });
  turnOver(log);
  const output = openSync(log, "a", 0o600);
  const argv = [...ownProgram(folder, program), "gateway", word, name];
  try {
    const child = spawn(argv[0]!, argv.slice(1), {
      cwd: root,
      // A run within which we are asked has nothing to do with it.
      env: { ...env, MODELTRAIL_RUN_ID: undefined, MODELTRAIL_DIR: storeFolder },
      detached: true,
      stdio: ["ignore", output, output, ...channel],
      windowsHide: true,
    });
    child.on("error", () => {});
    return child;
  } finally {
    closeSync(output);
  }
}
