/** What pods printed, in the order of time. */
import { maskText } from "../../domain/secrets";
import type { Cluster } from "../../targets/kubernetes/cluster";
import type { Pod } from "../../targets/kubernetes/podState";
import { servingPaths } from "./names";

export interface Printing {
  namespace: string;
  pods: readonly Pod[];
  container: string;
}

/** The newest lines of all of them, oldest first. With several pods, each line begins with the end of the pod's name. */
export async function podLog(
  cluster: Cluster,
  { namespace, pods, container }: Printing,
  lines: number,
  signal: AbortSignal,
): Promise<string[]> {
  const logs = await Promise.all(
    pods.map(async ({ metadata: { name } }) => {
      const text = await tailOf(cluster, servingPaths.logTail(namespace, name, container, lines), signal);
      const mark = pods.length > 1 ? `[${name.split("-").at(-1)}] ` : "";
      return text.map(({ time, line }) => ({ time, line: `${mark}${line}` }));
    }),
  );
  const all = logs.flat().sort((one, other) => (one.time < other.time ? -1 : one.time > other.time ? 1 : 0));
  return all.slice(-lines).map(({ line }) => line);
}

interface Line {
  /** RFC 3339, as long as all others. */
  time: string;
  line: string;
}

async function tailOf(cluster: Cluster, path: string, signal: AbortSignal): Promise<Line[]> {
  const chunks: Buffer[] = [];
  try {
    await cluster.read(path, (chunk) => void chunks.push(chunk), signal);
  } catch {
    signal.throwIfAborted();
    // Of a container that has not begun, there is no log.
    return [];
  }
  const text = Buffer.concat(chunks).toString("utf8");
  return text.split("\n").filter(Boolean).map(lineOf);
}

function lineOf(text: string): Line {
  const space = text.indexOf(" ");
  return { time: text.slice(0, space), line: text.slice(space + 1) };
}

const SHOWN_LINES = 12;

/** For the end of a message; empty when they have printed nothing. */
export async function lastWords(cluster: Cluster, printing: Printing, signal: AbortSignal): Promise<string> {
  const lines = await podLog(cluster, printing, SHOWN_LINES, signal);
  return lines.length === 0 ? "" : `\nIt printed last:\n${maskText(lines.map((line) => `  ${line}`).join("\n"))}`;
}
