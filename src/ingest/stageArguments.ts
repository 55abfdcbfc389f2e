/** Params of runs whose command only starts others: `dvc repro`, `dvc exp run`, `mlflow run`. */

const LAUNCHERS: Record<string, RegExp> = { dvc: /^(?:repro|exp|experiments)$/, mlflow: /^run$/ };
const PYTHON = /^(?:python|pypy)[\d.]*$/;

/** Whether the command starts the stages of a pipeline, or the entry point of a project, in processes of their own. */
export function isPipelineLauncher(command: readonly string[]): boolean {
  const [program = "", ...rest] = command;
  const name = nameOf(program);
  const at = PYTHON.test(name) ? rest.indexOf("-m") : -1;
  const [launcher = "", subcommand = ""] = at < 0 ? [name, rest[0]] : rest.slice(at + 1);
  return Object.hasOwn(LAUNCHERS, launcher) && LAUNCHERS[launcher]!.test(subcommand);
}

/** "/usr/bin/python3" and "C:\\Python\\python.exe" are "python3" and "python". */
const nameOf = (program: string) =>
  program
    .split(/[\\/]/)
    .at(-1)!
    .replace(/\.exe$/i, "");

export interface StageParams {
  /** `prog`: what its help calls the program. */
  add(prog: string, params: Record<string, string>): void;
  /** By their own name; where stages differ on what is behind it, as "prepare.seed" and "train.seed". */
  all(): Record<string, string>;
}

export function stageParams(): StageParams {
  const stages = new Map<string, Record<string, string>>();
  return {
    add(prog, params) {
      const stage = nameOf(prog).replace(/\.pyw?$/, "");
      stages.set(stage, { ...stages.get(stage), ...params });
    },
    all() {
      const values = new Map<string, Set<string>>();
      for (const params of stages.values()) {
        for (const [name, value] of Object.entries(params))
          values.set(name, (values.get(name) ?? new Set()).add(value));
      }
      const named = [...stages].flatMap(([stage, params]) =>
        Object.entries(params).map(([name, value]) => [values.get(name)!.size > 1 ? `${stage}.${name}` : name, value]),
      );
      return Object.fromEntries(named);
    },
  };
}
