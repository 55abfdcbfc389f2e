/** Records a notebook that runs elsewhere, from what an editor tells of it. */
import type { FromEditor, FromRecorder } from "./messages";
import type { OutputContent } from "./outputs";
import { beginNotebookRun, type NotebookEnd, type NotebookRun, type NotebookRunOptions } from "./recording";

export interface FollowOptions extends Pick<NotebookRunOptions, "env" | "startFinisher" | "startUnderstudy"> {
  answer(message: FromRecorder): void;
}

export interface Follower {
  hear(message: FromEditor): void;
  /** Nobody tells us anything any more: all runs are ended. Never rejects. */
  hangUp(): Promise<void>;
}

interface Current {
  run: NotebookRun;
  /** Ordinals of the executions by their key. What one shows may change after its end. */
  executions: Map<number, number>;
  /** Keys of those that have not ended. */
  running: Set<number>;
  /** Another run has begun: this one ends with the last of its cells. */
  retired: boolean;
}

/** Runs may overlap: a cell that still runs when the next run begins belongs to the one before. */
export function followNotebook({ answer, ...options }: FollowOptions): Follower {
  const runs = new Set<Current>();
  const ending = new Set<Promise<void>>();
  let current: Current | null = null;

  function begin({ notebook, cwd, session, layout, attached }: Extract<FromEditor, { e: "begin" }>): void {
    retire("boundary");
    try {
      const run = beginNotebookRun({
        ...options,
        notebook,
        cwd,
        session,
        layout,
        passive: true,
        attached,
        source: "notebook",
      });
      current = { run, executions: new Map(), running: new Set(), retired: false };
      runs.add(current);
      const { id, tracer } = run.recording;
      const { runId, spool, root } = tracer;
      answer({
        e: "began",
        id,
        variables: { MODELTRAIL_RUN_ID: runId, MODELTRAIL_SPOOL: spool, MODELTRAIL_ROOT: root },
      });
    } catch (error) {
      answer({ e: "refused", message: (error as Error).message });
    }
  }

  function retire(how: NotebookEnd): void {
    const before = current;
    current = null;
    if (!before) return;
    before.retired = true;
    if (how !== "boundary" || before.running.size === 0) end(before, how);
  }

  function end(one: Current, how: NotebookEnd): void {
    if (!runs.delete(one)) return;
    const { id } = one.run.recording;
    const done = one.run.end(how).then(
      () => answer({ e: "ended", id }),
      (error) => answer({ e: "refused", message: (error as Error).message }),
    );
    ending.add(done);
    void done.finally(() => ending.delete(done));
  }

  /** Calls `body` with the run that an execution belongs to, and its ordinal there. */
  function withExecution(key: number, body: (one: Current, ordinal: number) => void): void {
    const one = [...runs].find(({ executions }) => executions.has(key));
    if (one) body(one, one.executions.get(key)!);
  }

  function endAll(how: NotebookEnd): void {
    retire(how);
    for (const one of [...runs]) end(one, how);
  }

  return {
    hear(message) {
      switch (message.e) {
        case "begin":
          return begin(message);
        case "layout":
          return current?.run.layout(message.layout);
        case "start": {
          const { e: _, key, ...cell } = message;
          current?.executions.set(key, current.run.cellStarted(cell));
          current?.running.add(key);
          return;
        }
        case "print":
          return withExecution(message.key, ({ run }) => run.print(message.text));
        case "outputs":
          return withExecution(message.key, ({ run }, ordinal) => run.outputs(ordinal, message.outputs.map(contentOf)));
        case "end":
          return withExecution(message.key, (one, ordinal) => {
            one.run.cellEnded(ordinal, message);
            one.running.delete(message.key);
            if (one.retired && one.running.size === 0) end(one, "boundary");
          });
        case "finish":
          return message.how === "boundary" ? retire("boundary") : endAll(message.how);
      }
    },
    async hangUp() {
      endAll("hangup");
      await Promise.all(ending);
    },
  };
}

type Outputs = Extract<FromEditor, { e: "outputs" }>["outputs"];

function contentOf({ kind, items }: Outputs[number]): OutputContent {
  const bytesOf = (base64: string) => Buffer.from(base64, "base64");
  return {
    kind,
    items: items.map((item) => ("file" in item ? item : { mime: item.mime, bytes: bytesOf(item.base64) })),
  };
}
