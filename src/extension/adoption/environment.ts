/** The variables that make Python announce its runs. */
import path from "node:path";

export interface AdoptEnvironment {
  /** Folder of the tracer, for PYTHONPATH. */
  tracer: string;
  /** The others. */
  variables: Record<string, string>;
}

/** `adopt`: where a project's runs are announced; `root`: the project. */
export function adoptEnvironment(extensionPath: string, root: string, adopt: string): AdoptEnvironment {
  return {
    tracer: path.join(extensionPath, "python", "tracer"),
    variables: { MODELTRAIL_ADOPT: adopt, MODELTRAIL_ROOT: root },
  };
}

/** With the tracer first. Nothing before it and nothing behind it: an empty entry would mean the working folder. */
export function withTracer(tracer: string, pythonPath: string | undefined): string {
  return pythonPath ? `${tracer}${path.delimiter}${pythonPath}` : tracer;
}

/** PYTHONPATH in the text of an `.env` file; undefined when it does not set it. */
export function pythonPathIn(envFile: string): string | undefined {
  const value = /^[ \t]*(?:export[ \t]+)?PYTHONPATH[ \t]*=[ \t]*(.*?)[ \t]*$/m.exec(envFile)?.[1];
  return value?.replace(/^(["'])(.*)\1$/, "$2");
}
