import { expect, test } from "vitest";
import { readTraffic } from "./appMetrics";
import type { RemoteServer, RemoteStatus } from "./endpointProgram";
import { servedOf } from "./status";

const server = (part: Partial<RemoteServer> = {}): RemoteServer => ({
  ...{ id: "a", version: 3, bundle: "hash", state: "live", port: 4_000, fault: null, seconds: 20 },
  ...part,
});
const alive = (part: Partial<Extract<RemoteStatus, { keeper: "alive" }>> = {}): RemoteStatus => ({
  ...{ keeper: "alive", ping: 200, metrics: null, live: "a", address: null, servers: [server()] },
  ...part,
});
const look = (status: RemoteStatus) => servedOf(status, "box", "http://box:80");

test("what answers is live, whatever else is there", () => {
  const others = [server(), server({ id: "b", version: 4, state: "starting" })];
  expect(look(alive({ servers: others }))).toEqual({
    ...{ state: "live", detail: null, endpoint: "http://box:80", traffic: null },
    versions: [{ version: 3, role: "champion", percent: 100, ready: true }],
  });
});

test.each<[what: string, status: RemoteStatus, state: string, detail: RegExp]>([
  ["removed", { keeper: "none" }, "gone", /Nothing of it is on box/],
  [
    "on another machine",
    { keeper: "elsewhere", host: "login2" },
    "unreachable",
    /runs on login2, and box led to another/,
  ],
  [
    "after a restart",
    { keeper: "dead", log: ["out of memory"] },
    "down",
    /Deploy it again\. They printed last:\nout of/,
  ],
  ["nothing joined yet", alive({ live: null }), "down", /Nothing is served/],
  ["hanging", alive({ ping: null }), "down", /Version 3 runs on box, and does not answer\./],
  ["unwell", alive({ ping: 503 }), "down", /answers 503/],
  [
    "coming back",
    alive({ ping: null, servers: [server({ state: "starting" })] }),
    "starting",
    /is being started again/,
  ],
  [
    "dead",
    alive({ ping: null, servers: [server({ state: "ended", fault: "It broke." })] }),
    "down",
    /running\. It broke\./,
  ],
  ["without an answer of its keeper", alive({ ping: null, silent: "timed out" }), "down", /does not answer: timed out/],
])("%s", (_, status, state, detail) => {
  const served = look(status);
  expect(served.state).toBe(state);
  expect(served.detail).toMatch(detail);
  expect(served.versions.some(({ ready }) => ready)).toBe(false);
});

test("traffic is read from what the app counts", () => {
  const text = `# HELP modeltrail_requests_total Requests.
modeltrail_requests_total{protocol="mlflow",status="2xx"} 90
modeltrail_requests_total{protocol="mlflow",status="5xx"} 8
modeltrail_requests_total{protocol="vertex",status="4xx"} 2
modeltrail_request_seconds_bucket{le="0.001"} 0
modeltrail_request_seconds_bucket{le="0.01"} 50
modeltrail_request_seconds_bucket{le="0.1"} 98
modeltrail_request_seconds_bucket{le="+Inf"} 100
modeltrail_request_seconds_count 100
`;
  const traffic = readTraffic(text, 60);
  expect(traffic).toMatchObject({ seconds: 60, requests: 100, errors: 8 });
  expect(traffic.p50).toBeCloseTo(10);
  expect(traffic.p95).toBeCloseTo(94.4, 1);
  // Slower than the last bound that is told.
  expect(traffic.p99).toBeNull();
  expect(readTraffic("", 1)).toEqual({ seconds: 1, requests: 0, errors: 0, p50: null, p95: null, p99: null });
});
