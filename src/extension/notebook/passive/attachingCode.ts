import path from "node:path";

/**
 * Python that puts the tracer into the kernel that executes it, or tells it of another run when it is there. `variables`: the
 * environment in which the run is recorded. Leaves no name behind; JSON of texts is Python.
 */
export function attachingCode(tracer: string, variables: Record<string, string>): string {
  const file = JSON.stringify(path.join(tracer, "attach.py"));
  const names = `{"variables": ${JSON.stringify(variables)}, "entry": ${JSON.stringify(tracer)}}`;
  return `exec(compile(__import__("pathlib").Path(${file}).read_text("utf-8"), ${file}, "exec"), ${names})`;
}
