import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { CellExecution } from "../../src/domain/cells";
import type { Run, RunSummary } from "../../src/domain/run";

const execute = promisify(execFile);

export interface RecordOptions {
  experiment?: string;
  name?: string;
  tags?: Record<string, string>;
  note?: string;
}

/** What was recorded in a folder, as the `modeltrail` command tells it that ships in the installed extension. */
export class Records {
  constructor(
    private readonly cli: string,
    private readonly folder: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /** Runs and records a command as a terminal would, to its end. Its exit code does not matter here. */
  async record(command: string[], options: RecordOptions = {}): Promise<RunSummary> {
    await this.run(command, options);
    const [run] = await this.list();
    if (!run) throw new Error(`${command.join(" ")} was not recorded.`);
    return run;
  }

  /** Runs and records all of these, `atOnce` at the same time. */
  async recordAll(commands: readonly { command: string[]; options: RecordOptions }[], atOnce: number): Promise<void> {
    const left = commands.values();
    const lane = async () => {
      for (const { command, options } of left) await this.run(command, options);
    };
    await Promise.all(Array.from({ length: atOnce }, lane));
  }

  /** All runs, newest first. */
  async list(): Promise<RunSummary[]> {
    return JSON.parse(await this.modeltrail("ls", "--json", "--limit", "1000"));
  }

  /** A run by its id, name or "latest". */
  async show(run = "latest"): Promise<Run & { cells?: CellExecution[] }> {
    return JSON.parse(await this.modeltrail("show", run, "--json"));
  }

  /** The lines that the run printed. */
  async log(run = "latest"): Promise<string[]> {
    return (await this.modeltrail("log", run)).trimEnd().split("\n");
  }

  private async run(command: string[], { experiment, name, tags = {}, note }: RecordOptions): Promise<void> {
    const options = [
      ...(experiment ? ["--experiment", experiment] : []),
      ...(name ? ["--name", name] : []),
      ...(note ? ["--note", note] : []),
      ...Object.entries(tags).flatMap(([key, value]) => ["--tag", `${key}=${value}`]),
    ];
    await this.modeltrail("run", ...options, "--", ...command).catch(() => undefined);
  }

  private async modeltrail(...args: string[]): Promise<string> {
    const options = { cwd: this.folder, env: this.env, maxBuffer: 64 * 1024 * 1024 };
    const { stdout } = await execute(process.execPath, [this.cli, ...args], options);
    return stdout;
  }
}
