/** Serving the clients of one run: by its recorder, or by the understudy when that is gone. Loaded when somebody connects. */
import type { Socket } from "node:net";
import type { Gap } from "../../domain/run";
import type { CreateRunDecision, CreateRunRequest, FailedRequest } from "../../ingest/mlflow/hooks";
import { createMlflowServer } from "../../ingest/mlflow/server";
import type { Store } from "../../store/contract";
import { isDiskFull } from "../../store/faults";
import { openReserve, type Reserve } from "./reserve";
import { openRoom, type Room } from "./room";

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
  const reserve = whereThereIs(() => openReserve(store.runFolder(id)));
  const room = whereThereIs(() => openRoom(store.runFolder(id)));
  let retrying: NodeJS.Timeout | undefined;
  let lost = 0;

  const server = createMlflowServer({
    store,
    secret,
    hosts: [`127.0.0.1:${port}`],
    hooks: { onCreateRun: (request) => placeOf(store, id, request), onFault: keepForLater, makeRoom },
    onError,
  });

  /** A client that was told of our trouble would repeat itself, then raise, and the training would end. */
  function keepForLater(request: FailedRequest): boolean {
    if (!DEFERRABLE.test(request.path)) return false;
    if (!reserve?.keep(request)) lost++;
    retryLater();
    return true;
  }

  /** Other writes are answered with what they made, and must be done now. */
  function makeRoom(error: unknown): boolean {
    if (!isDiskFull(error)) return false;
    retryLater();
    return room?.give() ?? false;
  }

  function retryLater(): void {
    retrying ??= setTimeout(() => {
      retrying = undefined;
      replay().catch(retryLater);
    }, RETRY_MS).unref();
  }

  async function replay(): Promise<void> {
    await reserve?.replay(server.replay);
    room?.refill();
  }

  return {
    take: (socket) => void server.http.emit("connection", socket),
    async close() {
      clearTimeout(retrying);
      await Promise.race([server.close(), closeAll(server.http)]);
      room?.close();
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

/** Null when the disk is full already. */
function whereThereIs<Place extends Reserve | Room>(open: () => Place): Place | null {
  try {
    return open();
  } catch {
    return null;
  }
}

function lostGap(count: number): Gap {
  const message = `${count} of the script's calls of MLflow could not be kept: the disk was full, and so was what is put by for that.`;
  return { kind: "other", message };
}

/** A script's first run is ours, whatever experiment it asked for, and later ones are below it. */
function placeOf(store: Store, id: string, request: CreateRunRequest): CreateRunDecision {
  const { parent, tags } = request;
  if (parent !== null) return { parent };
  // One of several processes that train together, and not the first: see python/tracer/_modeltrail/processes.py.
  if (Number(tags.rank) > 0) return { parent: id };
  return store.tracking.run(id)!.asked ? { parent: id } : { adopt: id };
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
