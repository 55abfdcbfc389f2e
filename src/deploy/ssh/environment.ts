/** The Python that serves on another machine: the one that the target names, else an environment of the bundle's own packages there. */
import type { TargetOf } from "../../domain/targets";
import type { Problem } from "../../targets/contract";
import type { Activation } from "../../targets/jobFolder/contract";
import type { Packages } from "../../targets/packages";
import type { TargetContext } from "../../targets/registry";
import { environmentOf } from "../../targets/ssh/environment";
import { checkVenv, makeVenv } from "../../targets/ssh/venv";
import { normalName } from "../bundle/servePackages";
import type { ReadyBundle } from "../contract";
import { minorOf } from "../environment/findPython";
import { differenceOf, pinned } from "../environment/servingPython";
import type { EndpointHost, Looked } from "./endpointProgram";

/** Without these the app cannot serve. */
const NEEDED = ["fastapi", "uvicorn"];

export interface RemoteEnvironment {
  /** Null: one is made for each bundle. */
  readonly given: Activation | null;
  /** Packages whose versions `check` wants to know. */
  names(bundle: ReadyBundle): string[];
  check(bundle: ReadyBundle, looked: Looked, signal: AbortSignal): Promise<Problem[]>;
  /** Throws UserError, saying which package is not to be had. */
  make(bundle: ReadyBundle, options: { onProgress(line: string): void; signal: AbortSignal }): Promise<Activation>;
}

/** Throws UserError when the settings name more than one. */
export function remoteEnvironment(
  name: string,
  settings: TargetOf<"ssh">,
  on: EndpointHost,
  context: TargetContext,
): RemoteEnvironment {
  const given = atHome(environmentOf(name, settings, on.python, context).activate);
  return {
    given,
    names: ({ manifest }) => [...NEEDED, ...pinned(manifest.requirements).keys()],
    async check(bundle, looked, signal) {
      if (given === null) return checkVenv(on.host, on.python, packagesOf(bundle), signal);
      return checkGiven(on.host.name, bundle, looked);
    },
    make: async (bundle, options) => given ?? makeVenv(on.host, on.python, packagesOf(bundle), options),
  };
}

/** A Python at `venv/bin/python` is below the home folder there; what serves is started in another one. */
function atHome(activate: Activation | null): Activation | null {
  if (activate?.kind !== "python" || !/^[^~/].*\//.test(activate.path)) return activate;
  return { ...activate, path: `~/${activate.path}` };
}

function packagesOf({ manifest }: ReadyBundle): Packages {
  return { python: manifest.python, requirements: manifest.requirements, source: "the bundle" };
}

function checkGiven(host: string, { manifest }: ReadyBundle, looked: Looked): Problem[] {
  const problems: Problem[] = [];
  if (looked.python === null) {
    return [
      { severity: "error", message: `The Python of the target cannot be used on ${host}: ${looked.why?.trim()}` },
    ];
  }
  if (minorOf(looked.python) !== manifest.python) {
    const message = `Python on ${host} is ${looked.python}, and the model was made with ${manifest.python}.`;
    problems.push({ severity: "warning", message });
  }
  const there = new Map(Object.entries(looked.packages).map(([name, version]) => [normalName(name), version]));
  const wanted = pinned(manifest.requirements);
  const missing = [...NEEDED, ...wanted.keys()].filter((name) => !there.has(normalName(name)));
  if (missing.length > 0) {
    const message = `On ${host} the Python of the target lacks ${missing.join(", ")}. Install what requirements.txt of the bundle names, or give the target \`venv: snapshot\` in its place.`;
    return [...problems, { severity: "error", message }];
  }
  const difference = differenceOf(wanted, there);
  if (difference !== null) problems.push({ severity: "warning", message: `On ${host} ${difference}.` });
  return problems;
}
