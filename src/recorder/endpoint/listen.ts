/**
 * The socket that the run's clients of MLflow's connect to. It listens from the start, which costs next to nothing; what
 * serves it is loaded when somebody comes.
 */
import { createServer, type Server, type Socket } from "node:net";

export interface Listening {
  readonly port: number;
  readonly server: Server;
  /** From now on connections are for `serve`; also those that were made before. */
  serve(serve: (socket: Socket) => void): void;
  /** No more connections are taken. Those that there are go on. */
  close(): void;
}

/**
 * Listens on a free port of the loopback address; null where that is not allowed. `onFirst` is called once, at the first
 * connection. Does not keep the process alive.
 */
export function startListening(onFirst: () => void): Promise<Listening | null> {
  const waiting: Socket[] = [];
  let take = (socket: Socket): void => {
    if (waiting.push(socket) === 1) onFirst();
  };
  // What they send is left in the system's hands until someone reads it.
  const server = createServer({ pauseOnConnect: true, noDelay: true }, (socket) => {
    socket.on("error", () => {});
    take(socket);
  });
  return new Promise((resolve) => {
    server.once("error", () => resolve(null));
    server.listen({ host: "127.0.0.1", port: 0 }, () => {
      server.on("error", () => {});
      server.unref();
      const address = server.address();
      if (address === null || typeof address === "string") return resolve(null);
      resolve({
        port: address.port,
        server,
        serve(serve) {
          take = (socket) => {
            serve(socket);
            socket.resume();
          };
          for (const socket of waiting.splice(0)) take(socket);
        },
        close: () => void server.close(),
      });
    });
  });
}
