import { expect, test } from "vitest";
import type { Cluster } from "../../targets/kubernetes/cluster";
import { OWNER_LABEL, VERSION_LABEL } from "../cluster/names";
import type { Handle } from "./objects";
import { readStatus } from "./status";

const handle: Handle = {
  ...{ name: "wine", namespace: "team", server: null, owner: "us", url: null, secrets: [], images: [], known: {} },
  ...{ champion: null, challenger: null },
};
const failed = { type: "Ready", status: "False", message: "the container ended" };

/** With revisions by their names: whether each is ready, and its share. */
function cluster(revisions: Record<string, [ready: boolean, percent: number]>, ready: string): Cluster {
  const names = Object.keys(revisions);
  const traffic = names.map((revisionName) => ({ revisionName, percent: revisions[revisionName]![1] }));
  const latest = names.at(-1);
  const predictor = { latestCreatedRevision: latest, latestReadyRevision: latest, latestRolledoutRevision: names[0] };
  const get = async (path: string) => {
    if (path.includes("/pods")) return { items: [] };
    const [name] = path.split("/").slice(-1);
    const [isReady] = revisions[name!] ?? [];
    if (isReady !== undefined) {
      return { metadata: { labels: { [VERSION_LABEL]: name! } }, status: { conditions: isReady ? [] : [failed] } };
    }
    return {
      metadata: { labels: { [OWNER_LABEL]: "us" } },
      spec: { predictor: {} },
      status: { conditions: [{ type: "Ready", status: ready }], components: { predictor: { ...predictor, traffic } } },
    };
  };
  return { get } as unknown as Cluster;
}

test.each([
  [{ 1: [true, 100] }, "True", "live"],
  [{ 1: [true, 75], 2: [false, 25] }, "False", "degraded"],
  // A version without requests keeps nobody served.
  [{ 1: [false, 100], 2: [true, 0] }, "False", "down"],
  [{ 1: [false, 100] }, "False", "down"],
  [{}, "Unknown", "starting"],
] as const)("an InferenceService whose revisions are %j stands accordingly", async (revisions, ready, state) => {
  const served = await readStatus(cluster({ ...revisions } as never, ready), handle, AbortSignal.timeout(1_000));
  expect(served.state).toBe(state);
});
