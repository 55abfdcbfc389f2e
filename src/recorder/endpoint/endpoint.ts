/** The run's own MLflow-compatible endpoint: listens from the start, does nothing until a client comes. */
import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import type { Gap } from "../../domain/run";
import type { RunEnd, Store } from "../../store/contract";
import { mlflowEnvironment } from "./environment";
import { startListening } from "./listen";
import { endOwnedRuns } from "./ownedRuns";
import type { RunServer } from "./serve";
import type { Understudy } from "./understudy";

export interface EndpointOptions {
  store: Store;
  id: string;
  /** Starts a process apart from us, with a channel for messages, that can play the understudy; undefined: there is none. */
  startUnderstudy(): ChildProcess | undefined;
  warn(message: string): void;
}

export interface Endpoint {
  /** The command's environment, in which MLflow's client finds us. */
  lead(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv;
  /** The command prints to this FIFO; `abandoned` settles when we do not take from it any more. */
  printsTo(fifo: string, abandoned: Promise<unknown>): void;
  /** The command is over: no client is served any more. Gives what of their words was lost. */
  close(): Promise<Gap[]>;
  /** Ends the runs that clients began and did not end, as the command ended. */
  endOwned(end: RunEnd): void;
}

/** Null where no socket can be had. */
export async function startEndpoint({ store, id, startUnderstudy, warn }: EndpointOptions): Promise<Endpoint | null> {
  const secret = randomBytes(16).toString("hex");
  const fifos: string[] = [];
  let server: Promise<RunServer | null> | undefined;
  let understudy: Understudy | undefined;
  let broken = (_fifo: string) => {};

  const listening = await startListening(() => {
    server = load().catch((error: Error) => {
      warn(`What the script logs with MLflow could not be taken: ${error.message}`);
      return null;
    });
  });
  if (!listening) return null;
  const { port } = listening;

  async function load(): Promise<RunServer> {
    const [{ serveRun }, { instruct }] = await Promise.all([import("./serve"), import("./understudy")]);
    let complained = false;
    const loaded = serveRun({
      store,
      id,
      secret,
      port,
      onError(error) {
        if (!complained) warn(`A call of MLflow failed: ${(error as Error).message}`);
        complained = true;
      },
    });
    listening!.serve(loaded.take);
    const child = startUnderstudy();
    if (child) understudy = instruct(child, listening!.server, { run: id, port, secret, fifos });
    broken = (fifo) => understudy?.broken(fifo);
    return loaded;
  }

  return {
    lead: (env) => mlflowEnvironment(env, `http://127.0.0.1:${port}/t/${secret}`),
    printsTo(fifo, abandoned) {
      fifos.push(fifo);
      void abandoned.then(() => {
        fifos.splice(fifos.indexOf(fifo), 1);
        broken(fifo);
      });
    },
    async close() {
      listening.close();
      const loaded = await server;
      const gaps = (await loaded?.close()) ?? [];
      understudy?.dismiss();
      return gaps;
    },
    endOwned(end) {
      if (server) endOwnedRuns(store, id, end);
    },
  };
}
