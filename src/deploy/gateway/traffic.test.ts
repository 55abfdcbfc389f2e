import { expect, test } from "vitest";
import { metricsText } from "./prometheus";
import { countTraffic } from "./traffic";

test("a window has counts and quantiles of its time, per version or of all that callers got", () => {
  let now = 1_000_000;
  const traffic = countTraffic(() => now);
  for (let ms = 1; ms <= 1_000; ms++) traffic.record(1, "champion", ms > 990 ? 503 : 200, ms);
  for (let ms = 1; ms <= 10; ms++) traffic.record(2, "challenger", 200, 2_000);
  traffic.record(3, "shadow", 500, 5);
  const all = traffic.window(60);
  expect(all).toMatchObject({ seconds: 60, requests: 1_010, errors: 10 });
  const one = traffic.window(60, { version: 1, role: "champion" });
  // Bins are 5% wide.
  for (const [found, exact] of [
    [one.p50, 500],
    [one.p95, 950],
    [one.p99, 990],
  ] as const) {
    expect(Math.abs(found! / exact - 1)).toBeLessThan(0.05);
  }
  expect(traffic.window(60, { version: 3, role: "shadow" })).toMatchObject({ requests: 1, errors: 1 });
  now += 120_000;
  expect(traffic.window(60)).toEqual({ seconds: 60, requests: 0, errors: 0, p50: null, p95: null, p99: null });
  traffic.record(1, "champion", 200, 1);
  expect(traffic.window(300).requests).toBe(1_011);
  now += 1_000_000;
  expect(traffic.window(300).requests).toBe(0);
});

test("Prometheus gets cumulative buckets, and labels that hold whatever a name has", () => {
  const traffic = countTraffic();
  traffic.record(1, "champion", 200, 0.5);
  traffic.record(1, "champion", 500, 700_000);
  const text = metricsText({
    ...{ model: 'a"b\\', totals: traffic.totals(), inFlight: 2, shadowsSkipped: 0, log: null },
    servers: [{ version: 1, ready: true, restarts: 3 }],
  });
  const labels = 'model="a\\"b\\\\",version="1",role="champion"';
  expect(text).toContain(`modeltrail_gateway_request_seconds_bucket{${labels},le="0.001"} 1\n`);
  expect(text).toContain(`modeltrail_gateway_request_seconds_bucket{${labels},le="60"} 1\n`);
  expect(text).toContain(`modeltrail_gateway_request_seconds_bucket{${labels},le="+Inf"} 2\n`);
  expect(text).toContain(`modeltrail_gateway_requests_total{${labels},status="5xx"} 1\n`);
  expect(text).toContain("modeltrail_gateway_requests_in_flight 2\n");
});
