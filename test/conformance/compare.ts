/** The same scripts against MLflow's own server and against ours. */
import { beforeAll, beforeEach, type TestContext } from "vitest";
import { createMlflowServer } from "../../src/ingest/mlflow/server";
import type { Store } from "../../src/store/contract";
import { tempFolder, tempStore } from "../../src/store/testStore";
import { installMlflow, type Release } from "./packages";
import { startStockServer } from "./servers";

/** Leaves the tests of a file out, with a word on the console, where these cannot be had. Gives their interpreters by release. */
export function useMlflow(...releases: Release[]): (release: Release) => string {
  const pythons = new Map<Release, string>();
  let missing: string | undefined;
  beforeAll(() => {
    for (const release of releases) {
      const installed = installMlflow(release);
      if ("executable" in installed) pythons.set(release, installed.executable);
      else missing = installed.missing;
    }
    if (missing) console.warn(`NOT TESTED against MLflow, because ${missing}`);
  }, 1_300_000);
  beforeEach((context: TestContext) => context.skip(missing !== undefined, missing));
  return (release) => pythons.get(release)!;
}

/** What `ask` gives of a tracking URI of MLflow's own server, which `python` starts. */
export async function askStock<T>(python: string, ask: (uri: string) => Promise<T>): Promise<T> {
  const stock = await startStockServer(python, tempFolder());
  try {
    return await ask(stock.uri);
  } finally {
    await stock.end();
  }
}

/** What `ask` gives of ours, with the store and the errors that the server did not expect. */
export async function askOurs<T>(
  ask: (uri: string) => Promise<T>,
  artifacts: "file" | "http" = "file",
): Promise<{ result: T; store: Store; errors: unknown[] }> {
  const store = tempStore();
  const errors: unknown[] = [];
  const server = createMlflowServer({ store, secret: "5ec2e7", artifacts, onError: (error) => errors.push(error) });
  try {
    return { result: await ask(await server.listen()), store, errors };
  } finally {
    server.http.closeAllConnections();
    await server.close();
  }
}
