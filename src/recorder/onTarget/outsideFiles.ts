/** Files of a run on a target outside of its project: they stay there, and only what the target says of them is known. */
import { posix } from "node:path";
import type { DataFile, Gap } from "../../domain/run";
import type { SpoolRecord } from "../../ingest/spool";
import { displayPath } from "../../ingest/spoolPath";
import type { IngestBatch } from "../../store/contract";
import type { Listener } from "../listener";
import { secretFile } from "../listeners/fileGaps";
import { createPathRules, looksSecret } from "../listeners/pathRules";
import type { HostEvent } from "./translate";

/** One gap names so many of them. */
const NAMED = 3;

/** Hears what `translate` calls outside. `host`: null until the target has spoken. */
export function createOutsideFiles(host: () => HostEvent | null, target: string): Listener {
  const read = new Set<string>();
  const written = new Set<string>();
  const known = new Map<string, Extract<SpoolRecord, { e: "file" }>>();
  const folders = new Set<string>();
  let ready: IngestBatch = {};

  function hearOne(event: SpoolRecord): void {
    if (event.e === "file") known.set(event.path, event);
    else if (event.e === "dir") folders.add(event.path);
    else if (event.e === "rename") {
      written.delete(event.from);
      written.add(event.to);
    } else if (event.e === "open") {
      if (event.mode !== "w" && !written.has(event.path)) read.add(event.path);
      if (event.mode !== "r") written.add(event.path);
    }
  }

  function filesOf(paths: Iterable<string>, role: DataFile["role"]): DataFile[] {
    return [...paths].sort().flatMap((path) => {
      const file = known.get(path);
      // What it wrote and has removed again is no result.
      if (!file && role === "write") return [];
      return [{ path: displayPath(path), sha256: file?.sha256 ?? null, size: file?.size ?? 0, role }];
    });
  }

  return {
    hear: (events) => events.forEach(hearOne),
    take() {
      const batch = ready;
      ready = {};
      return batch;
    },
    async finish() {
      const { root = "/", home = "/nowhere" } = host() ?? {};
      const rules = createPathRules(root, posix.join(posix.dirname(root), "agent"), {
        home,
        temporary: ["/tmp", "/var/tmp"],
      });
      const gaps: Gap[] = [];
      const reads = [...read].filter((path) => rules.isData(path));
      const writes = [...written].filter((path) => rules.isResult(path));
      for (const path of reads.filter(looksSecret)) gaps.push(secretFile(displayPath(path)));
      const data = filesOf(
        reads.filter((path) => !looksSecret(path)),
        "read",
      );
      const made = filesOf(
        writes.filter((path) => !looksSecret(path)),
        "write",
      );
      const unhashed = data.filter(({ sha256 }) => sha256 === null);
      if (data.length > 0) gaps.push({ kind: "hash-only", message: message(data, `were read on ${target}`) });
      if (made.length > 0) gaps.push({ kind: "hash-only", message: message(made, `were written on ${target}`) });
      for (const { path } of unhashed) {
        gaps.push({ kind: "missing", path, message: `${path} was gone on ${target} before it could be hashed.` });
      }
      for (const folder of [...folders].filter((path) => rules.isData(path))) {
        const words = `So many files of ${folder} on ${target} were used that not all of them are listed.`;
        gaps.push({ kind: "other", path: displayPath(folder), message: words });
      }
      ready = { data: [...data, ...made], gaps };
    },
  };
}

function message(files: readonly DataFile[], what: string): string {
  const names = files.slice(0, NAMED).map(({ path }) => path);
  const rest = files.length > NAMED ? ` and ${files.length - NAMED} more` : "";
  return `${names.join(", ")}${rest} ${what}, outside of the project: they stay there, and only their hashes are known.`;
}
