/** The gateway's counts in Prometheus' text format, https://prometheus.io/docs/instrumenting/exposition_formats. */
import type { LogCounts } from "../predictions/log";
import { BOUNDS, type Totals } from "./traffic";

export interface Exposed {
  model: string;
  totals: readonly Totals[];
  inFlight: number;
  /** Copies for shadows that were not sent, as too many were on their way. */
  shadowsSkipped: number;
  servers: readonly { version: number; ready: boolean; restarts: number }[];
  log: LogCounts | null;
}

export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

export function metricsText({ model, totals, inFlight, shadowsSkipped, servers, log }: Exposed): string {
  const lines: string[] = [];
  const add = (name: string, type: string, help: string, samples: readonly [labels: Labels, value: number][]) => {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
    for (const [labels, value] of samples) lines.push(`${name}${labelText(labels)} ${value}`);
  };
  const of = ({ version, role }: Totals): Labels => ({ model, version: String(version), role });

  add(
    "modeltrail_gateway_requests_total",
    "counter",
    "Requests for predictions, by version and class of status.",
    totals.flatMap((one) =>
      Object.entries(one.statuses).map(([digit, count]): [Labels, number] => [
        { ...of(one), status: `${digit}xx` },
        count,
      ]),
    ),
  );
  const histogram = "modeltrail_gateway_request_seconds";
  lines.push(`# HELP ${histogram} From a request's arrival to its answer.`, `# TYPE ${histogram} histogram`);
  for (const one of totals) {
    let below = 0;
    for (const [index, bound] of BOUNDS.entries()) {
      below += one.within[index]!;
      lines.push(`${histogram}_bucket${labelText({ ...of(one), le: String(bound) })} ${below}`);
    }
    lines.push(`${histogram}_bucket${labelText({ ...of(one), le: "+Inf" })} ${one.count}`);
    lines.push(`${histogram}_sum${labelText(of(one))} ${one.seconds}`);
    lines.push(`${histogram}_count${labelText(of(one))} ${one.count}`);
  }
  add("modeltrail_gateway_requests_in_flight", "gauge", "Requests that are not answered yet.", [[{}, inFlight]]);
  add("modeltrail_gateway_shadow_skipped_total", "counter", "Copies for shadows that were not sent.", [
    [{}, shadowsSkipped],
  ]);
  add(
    "modeltrail_gateway_server_ready",
    "gauge",
    "Whether a version's server takes requests.",
    servers.map(({ version, ready }) => [{ model, version: String(version) }, Number(ready)]),
  );
  add(
    "modeltrail_gateway_server_restarts_total",
    "counter",
    "How often a version's server was started again.",
    servers.map(({ version, restarts }) => [{ model, version: String(version) }, restarts]),
  );
  if (log) {
    add("modeltrail_gateway_predictions_kept_total", "counter", "Predictions in the log.", [[{}, log.kept]]);
    add("modeltrail_gateway_predictions_lost_total", "counter", "Predictions that could not be logged.", [
      [{}, log.lost],
    ]);
  }
  return `${lines.join("\n")}\n`;
}

type Labels = Readonly<Record<string, string>>;

function labelText(labels: Labels): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return parts.length > 0 ? `{${parts.join(",")}}` : "";
}

function escapeLabel(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
