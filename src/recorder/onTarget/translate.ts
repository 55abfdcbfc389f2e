/**
 * What the spool of a job says, as if the command had run in the stage: the bytes on disk keep the target's own paths, which
 * mean nothing here, or another file.
 */
import { existsSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { replaceFolder } from "../../domain/replaceFolder";
import type { SpoolRecord } from "../../ingest/spool";
import type { SpoolEventOf } from "../../ingest/spoolEvent";
import { fsPath } from "../../ingest/spoolPath";
import type { StagePlace } from "./stagePlace";

export type HostEvent = SpoolEventOf<"host">;

export interface Translation {
  /** For all who know only this machine. */
  events: SpoolRecord[];
  /** About what has no place in the stage: as it came. */
  outside: SpoolRecord[];
}

export interface Translator {
  /** `final`: nothing comes after these, and the stage holds what the command left. */
  translate(events: readonly SpoolRecord[], final: boolean): Translation;
  /** A path of the target's in the stage; null when it lies elsewhere, or the target has not said where it works. */
  toStage(path: string): string | null;
  /** Null until the target has spoken. */
  readonly host: HostEvent | null;
}

export function createTranslator(place: StagePlace): Translator {
  let host: HostEvent | null = null;
  /** From before the host spoke: the files of a spool come in any order. */
  let unplaced: SpoolRecord[] = [];
  /** Reads of files that were not sent: the command has made them, and brought are they at the end. */
  const awaited: SpoolRecord[] = [];

  const roots = () => (host ? [host.root, host.alias].filter((root) => root !== undefined) : []);

  function toStage(path: string): string | null {
    for (const root of roots()) {
      if (path === root) return place.stage;
      if (path.startsWith(`${root}/`)) return join(place.stage, path.slice(root.length + 1).replaceAll("/", sep));
    }
    return null;
  }

  /** Values that name files of the project are what they are in a run on this machine. */
  function toOrigin(text: string): string {
    return roots().reduce((result, root) => replaceFolder(result, root, place.origin), text);
  }

  const allToOrigin = (texts: Record<string, string>) =>
    Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, toOrigin(text)]));

  function translateOne(event: SpoolRecord, { events, outside }: Translation, final: boolean): void {
    switch (event.e) {
      case "open": {
        const path = toStage(event.path);
        if (path === null) outside.push(event);
        else if (event.mode === "w") events.push({ ...event, path });
        else if (!final && !existsSync(fsPath(path))) awaited.push(event);
        else events.push({ ...event, path, ...stampOf(path) });
        return;
      }
      case "module":
      case "dir": {
        const path = toStage(event.path);
        if (path === null) outside.push(event);
        else events.push({ ...event, path });
        return;
      }
      case "rename": {
        const [from, to] = [toStage(event.from), toStage(event.to)];
        // What comes from elsewhere was written here, as far as the stage is concerned.
        if (to === null) outside.push(event);
        else events.push({ ...event, from: from ?? to, to });
        return;
      }
      case "args":
        events.push({ ...event, values: allToOrigin(event.values), defaults: allToOrigin(event.defaults) });
        return;
      case "mlflow": {
        const { params, tags } = event;
        events.push({
          ...event,
          ...(params ? { params: allToOrigin(params) } : {}),
          ...(tags ? { tags: allToOrigin(tags) } : {}),
        });
        return;
      }
      case "file":
        outside.push(event);
        return;
      default:
        events.push(event);
    }
  }

  return {
    get host() {
      return host;
    },
    toStage,
    translate(heard, final) {
      const translation: Translation = { events: [], outside: [] };
      host ??= heard.find((event) => event.e === "host") ?? null;
      if (!host) {
        unplaced.push(...heard);
        return translation;
      }
      const due = [...unplaced, ...(final ? awaited.splice(0) : []), ...heard];
      unplaced = [];
      for (const event of due) translateOne(event, translation, final);
      return translation;
    },
  };
}

/** Of what lies in the stage: times are not the target's, and nobody but us has changed it since. */
function stampOf(path: string): Pick<SpoolEventOf<"open">, "size" | "mtimeNs"> {
  const stat = statSync(fsPath(path), { bigint: true, throwIfNoEntry: false });
  return stat ? { size: Number(stat.size), mtimeNs: String(stat.mtimeNs) } : { size: 0, mtimeNs: "0" };
}
