/** Serving the clients of one run: by its recorder, or by the understudy when that is gone. Loaded when somebody connects. */
import type { Socket } from "node:net";
import type { Gap } from "../../domain/run";
import type { CreateRunDecision, CreateRunRequest, FailedRequest } from "../../ingest/mlflow/hooks";
import { createMlflowServer } from "../../ingest/mlflow/server";
import type { Store } from "../../store/contract";
import { openReserve, type Reserve } from "./reserve";

/** Of what failed, so often is it tried whether the store takes it again. */
const RETRY_MS = 2_000;

/** Requests that are answered with no more than "done", and may be carried out later or twice. */
const DEFERRABLE = /\/runs\/(?:log-batch|log-metric|log-parameter|set-tag|log-inputs|outputs|update)$/;

export interface RunServerOptions {
  store: Store;
  /** The run that a client's first becomes. */
  id: string;
  secret: string;
  port: number;
  /** A fault of ours. */
  onError(error: unknown): void;
}

export interface RunServer {
  take(socket: Socket): void;
  /** Carries out what could not be while the disk was full, and takes nothing more. Gives what was lost. */
  close(): Promise<Gap[]>;
}

export function serveRun({ store, id, secret, port, onError }: RunServerOptions): RunServer {
  const reserve = tryReserve(store.runFolder(id));
  let retrying: NodeJS.Timeout | undefined;
  let lost = 0;

  const server = createMlflowServer({
    store,
    secret,
    hosts: [`127.0.0.1:${port}`],
    hooks: { onCreateRun: (request) => placeOf(store, id, request), onFault: keepForLater },
    onError,
  });

  /** A client that was told of our trouble would repeat itself, then raise, and the training would end. */
  function keepForLater(request: FailedRequest): boolean {
    if (!DEFERRABLE.test(request.path)) return false;
    if (!reserve?.keep(request)) lost++;
    retryLater();
    return true;
  }

  function retryLater(): void {
    retrying ??= setTimeout(() => {
      retrying = undefined;
      reserve?.replay(server.replay).catch(retryLater);
    }, RETRY_MS).unref();
  }

  return {
    take: (socket) => void server.http.emit("connection", socket),
    async close() {
      clearTimeout(retrying);
      await Promise.race([server.close(), closeAll(server.http)]);
      await reserve?.replay(server.replay).catch(() => {});
      reserve?.close();
      return lost > 0 ? [lostGap(lost)] : [];
    },
  };
}

/** Clients keep their connections; those of processes that outlive the run would be waited for. */
async function closeAll(http: { closeAllConnections(): void }): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 500).unref());
  http.closeAllConnections();
}

function tryReserve(runFolder: string): Reserve | null {
  try {
    return openReserve(runFolder);
  } catch {
    return null;
  }
}

function lostGap(count: number): Gap {
  const message = `${count} of the script's calls of MLflow could not be kept: the disk was full, and so was what is put by for that.`;
  return { kind: "other", message };
}

/**
 * A script's first run is ours, whatever experiment it asked for, and later ones are below it. A client that never got the
 * answer because the recorder was killed asks again in the same words, and is given the same run.
 */
function placeOf(store: Store, id: string, request: CreateRunRequest): CreateRunDecision {
  const { parent, startTime, user, tags } = request;
  if (parent !== null) return { parent };
  // One of several processes that train together, and not the first: see python/tracer/_modeltrail/processes.py.
  if (Number(tags.rank) > 0) return { parent: id };
  const ours = store.tracking.run(id)!;
  const again = ours.asked && ours.startTime === startTime && ours.user === user;
  return !ours.asked || again ? { adopt: id } : { parent: id };
}

/** For a run whose recorder died: carries out what it had put by. */
export async function replayReserve(store: Store, id: string): Promise<void> {
  const server = createMlflowServer({ store, secret: "" });
  const reserve = openReserve(store.runFolder(id));
  try {
    await reserve.replay(server.replay);
  } finally {
    reserve.close();
  }
}
