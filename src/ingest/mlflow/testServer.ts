/** For tests: a server over a fresh store, and calls to it as a client makes them. */
import { afterEach } from "vitest";
import type { Store } from "../../store/contract";
import { tempStore } from "../../store/testStore";
import type { JsonObject } from "./json";
import { createMlflowServer, type MlflowServer, type MlflowServerOptions } from "./server";

const open: MlflowServer[] = [];

afterEach(async () => {
  for (const server of open.splice(0)) {
    server.http.closeAllConnections();
    await server.close();
  }
});

export interface TestServer {
  store: Store;
  server: MlflowServer;
  /** The tracking URI. */
  uri: string;
  /** Calls `/api/2.0/mlflow` + path; `message` is the query of a GET, else the body. Gives status and parsed body. */
  call(method: string, path: string, message?: JsonObject): Promise<{ status: number; body: JsonObject }>;
  /** The same for what must succeed: throws with the server's words otherwise. */
  ask(method: string, path: string, message?: JsonObject): Promise<JsonObject>;
}

export async function startTestServer(options: Partial<MlflowServerOptions> = {}): Promise<TestServer> {
  const store = options.store ?? tempStore();
  const server = createMlflowServer({ secret: "5ec2e7", ...options, store });
  open.push(server);
  const uri = await server.listen();
  const call: TestServer["call"] = async (method, path, message = {}) => {
    const isGet = method === "GET";
    const query = new URLSearchParams();
    for (const [key, value] of Object.entries(message))
      for (const one of [value].flat()) query.append(key, String(one));
    const url = `${uri}/api/2.0/mlflow${path}${isGet ? `?${query}` : ""}`;
    const response = await fetch(url, {
      method,
      ...(isGet ? {} : { headers: { "Content-Type": "application/json" }, body: JSON.stringify(message) }),
    });
    return { status: response.status, body: (await response.json()) as JsonObject };
  };
  return {
    store,
    server,
    uri,
    call,
    async ask(method, path, message) {
      const { status, body } = await call(method, path, message);
      if (status !== 200) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(body)}`);
      return body;
    },
  };
}
