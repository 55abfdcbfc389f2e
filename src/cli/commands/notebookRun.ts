/** `modeltrail run notebook.ipynb [-p name=value …] [--python EXE]`: a notebook as an experiment. */
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { UserError } from "../../domain/errors";
import { PARAMETERS_TAG } from "../../domain/notebook";
import { runNotebook } from "../../recorder/kernel/headless";
import { injectParameters, parseParameters } from "../../recorder/kernel/injectParameters";
import { readNotebookFile } from "../../recorder/kernel/notebookFile";
import { readParameters } from "../../recorder/notebook/parameters";
import { exitLike } from "../../recorder/process/exit";
import { findPython } from "../../recorder/process/findPython";
import { startFinisher, startUnderstudy } from "../beside";
import { parseNotebookWords } from "../notebookWords";
import { styled } from "../print";
import { parseTag } from "../tag";
import type { RunOptions } from "./run";

/** Runs all cells, then ends this process: with 0 when all succeeded, else with 1, or by the signal that cut it short. */
export async function notebookRunCommand(options: RunOptions, [file, ...words]: string[]): Promise<never> {
  const notebook = resolve(file!);
  const given = parseNotebookWords(words);
  const parameters = parseParameters([...(options.param ?? []), ...given.param]);
  const read = await readNotebookFile(notebook);
  const foreign = read.cells.find(({ kind, language }) => kind === "code" && language !== "python");
  if (foreign) throw new UserError(`This notebook is in ${foreign.language}; only those in Python can be run here.`);
  warnOfUnknown(read, Object.keys(parameters));
  const cut = stopOnSignals(options.keepOnHangup === true);
  const succeeded = await runNotebook({
    notebook,
    layout: injectParameters(read, parameters),
    words: [...(options.param ?? []).flatMap((word) => ["-p", word]), ...words],
    python: given.python ?? options.python ?? pythonFor(notebook),
    cwd: dirname(notebook),
    env: process.env,
    experiment: options.experiment,
    name: options.name,
    tags: Object.fromEntries((options.tag ?? []).map(parseTag)),
    note: options.note,
    source: options.source ?? "cli",
    job: options.job,
    parent: options.parent,
    limits: options.limits,
    costPerHour: options.costPerHour,
    startFinisher,
    startUnderstudy,
    signal: cut.signal,
    onCell: (title, number, total) => process.stderr.write(`${styled(`[${number}/${total}] ${title}`, "dim")}\n`),
    onOutput: (name, text) => process[name].write(text),
  });
  await Promise.all([process.stdout, process.stderr].map(drained));
  exitLike(
    cut.signal.aborted ? { exitCode: null, signal: cut.signal.reason } : { exitCode: succeeded ? 0 : 1, signal: null },
  );
}

function warnOfUnknown({ cells }: Awaited<ReturnType<typeof readNotebookFile>>, names: readonly string[]): void {
  const defaults = cells
    .filter(({ tags }) => tags.includes(PARAMETERS_TAG))
    .flatMap(({ source }) => Object.keys(readParameters(source)));
  const unknown = names.filter((name) => !defaults.includes(name));
  if (unknown.length === 0) return;
  const where =
    defaults.length > 0
      ? `The cell of parameters does not have ${unknown.join(", ")}`
      : "No cell is tagged `parameters`";
  process.stderr.write(`modeltrail: ${where}: what is given is set all the same.\n`);
}

/** The environment that is active or lies near, else what `python3` means. */
function pythonFor(notebook: string): string {
  const program = process.platform === "win32" ? "Scripts/python.exe" : "bin/python";
  const { VIRTUAL_ENV, CONDA_PREFIX } = process.env;
  const candidates = [VIRTUAL_ENV && join(VIRTUAL_ENV, program)];
  for (let folder = dirname(notebook); ; folder = dirname(folder)) {
    candidates.push(join(folder, ".venv", program), join(folder, "venv", program));
    if (dirname(folder) === folder) break;
  }
  const conda = process.platform === "win32" ? "python.exe" : "bin/python";
  const found = [...candidates, CONDA_PREFIX && join(CONDA_PREFIX, conda)].find((path) => path && existsSync(path));
  const python = found || findPython(process.env, []);
  if (!python)
    throw new UserError("No Python was found for the notebook. Name one: modeltrail run notebook.ipynb --python FILE");
  return python;
}

function stopOnSignals(keepOnHangup: boolean): AbortController {
  const cut = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (signal !== "SIGHUP" || !keepOnHangup) cut.abort(signal);
    });
  }
  return cut;
}

const drained = (stream: NodeJS.WriteStream) => new Promise<void>((done) => stream.write("", () => done()));
