/** The packages of a bundle, pinned: the model's at the versions that the run had, then those of the app that serves. */
import { lineOf, normalName, servePins } from "./servePackages";

export interface NeededPackages {
  /** "3.11". */
  python: string;
  /** What reading and asking the model needed here: version by name. */
  needed: Readonly<Record<string, string>>;
  /** All that the run had, by name; null when nobody recorded it. */
  recorded: Readonly<Record<string, string>> | null;
  /** Lines of a list that came with the model, for what is needed only later. */
  listed: readonly string[];
}

export interface Requirements {
  lines: string[];
  /** In sentences: what is not as it was when the model was made. */
  notices: string[];
}

/** Reproducible: sorted by name within each part. */
export function pinRequirements({ python, needed, recorded, listed }: NeededPackages): Requirements {
  const had = new Map(
    Object.entries(recorded ?? {})
      .filter(([name]) => !name.startsWith("conda:"))
      .map(([name, version]) => [normalName(name), version]),
  );
  const model = new Map<string, string>();
  const notices: string[] = [];
  for (const [name, version] of Object.entries(needed)) {
    const key = normalName(name);
    const then = had.get(key) ?? version;
    if (then.includes(" @ ")) {
      notices.push(`${name} ${then} was installed from a repository: its release ${version} is named in its place.`);
    } else if (then !== version) {
      notices.push(`The sample was answered with ${name} ${version}; the run had ${then}, which is what is pinned.`);
    }
    model.set(key, then.split(" @ ")[0]!);
  }
  for (const line of listed) {
    const [, name, version] = /^\s*([A-Za-z0-9][\w.-]*)\s*==\s*([^\s;#]+)\s*$/.exec(line) ?? [];
    const key = name && normalName(name);
    if (key && version && !model.has(key)) model.set(key, had.get(key) ?? version);
  }
  const modelLines = Array.from(model, ([name, version]) => `${name}==${version}`).sort();
  return { lines: [...modelLines, ...servePins(python, model, had).map(lineOf)], notices };
}
