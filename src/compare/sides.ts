/** What is compared: runs, and the workspace beside them. */
import type { ComparedSide, ComparedText } from "../domain/comparison";
import { UserError } from "../domain/errors";
import { joinWords } from "../protocol/words";
import type { RunHead, Store } from "../store/contract";
import type { CodeOfSide, ComparisonReaders, WorkspaceState } from "./readers";
import { compareText } from "./texts";
import type { Doubts } from "./uncertain";

/** Stands for the workspace where ids of runs stand otherwise. */
export const WORKSPACE = "workspace";

/** A run, or the workspace. */
export type Side = { run: RunHead; now: null } | { run: null; now: WorkspaceState };

/** Throws UserError when a run is not there, or when these cannot be compared. */
export async function readSides(store: Store, ids: readonly string[], readers: ComparisonReaders): Promise<Side[]> {
  if (ids.length < 2) throw new UserError("Two runs, or a run and the workspace, are needed for a comparison.");
  if (ids.filter((id) => id === WORKSPACE).length > 1) {
    throw new UserError("The workspace cannot be compared with itself. Name a run and the workspace.");
  }
  const heads = ids.map((id) => (id === WORKSPACE ? null : headOf(store, id)));
  const beside = heads.find((head) => head !== null)!;
  const now = ids.includes(WORKSPACE) ? await readers.workspace(beside) : null;
  return heads.map((run): Side => (run ? { run, now: null } : { run: null, now: now! }));
}

function headOf(store: Store, id: string): RunHead {
  const head = store.getRunHead(id);
  if (!head) throw new UserError(`There is no run ${id} any more. List the runs with \`modeltrail ls\`.`);
  return head;
}

export function toComparedSide({ run }: Side): ComparedSide {
  if (!run) {
    const none = { experiment: null, status: null, startTime: null, endTime: null, inputs: null };
    return { id: null, name: WORKSPACE, ...none };
  }
  const { id, name, experiment, status, startTime, endTime, inputs } = run;
  return { id, name, experiment, status, startTime, endTime, inputs };
}

export function codeOfSide({ run, now }: Side): CodeOfSide {
  return run ? { run: run.id, code: run.snapshot.code } : { run: null, code: now.code };
}

/** The command, the folder that it ran in and its script. */
export function compareCommands(sides: readonly Side[], all = false): ComparedText[] {
  const runs = sides.map(({ run }) => run);
  const row = (name: string, read: (run: RunHead) => string | null) =>
    compareText(
      name,
      runs.map((run) => run && read(run)),
      runs,
    );
  const rows = [
    row("command", ({ command }) => joinWords(command)),
    row("folder", ({ cwd }) => cwd),
    row("script", ({ script }) => script),
  ];
  return rows.filter(({ differs }) => differs || all);
}

/** What is not known of the sides themselves. */
export function addSideDoubts(doubts: Doubts, sides: readonly Side[]): void {
  for (const [at, { run, now }] of sides.entries()) {
    doubts.addGaps(at, run ? run.gaps : now.gaps);
    if (run?.status === "running") {
      doubts.add([at], `${run.name} is still running: what it has recorded so far is compared.`);
    }
    if (run?.status === "lost") {
      doubts.add([at], `Nobody saw the end of ${run.name}: what it did last may be missing.`);
    }
    if (run && !run.snapshot.environment) {
      doubts.add([at], `The environment of ${run.name} is not known, so it may differ.`);
    }
  }
}
