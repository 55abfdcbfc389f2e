/** An editor's side of `modeltrail kernel`, as a test needs it. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import type { Notebook, NotebookCell } from "../../src/domain/notebook";
import { readLines } from "../../src/recorder/kernel/lines";
import { KernelEvent, type KernelRequest } from "../../src/recorder/kernel/protocol";
import { baseEnvironment, makeProject, modeltrail } from "../recorder/cli";

export interface KernelClient {
  readonly child: ChildProcess;
  /** Everything that was said. */
  readonly events: KernelEvent[];
  send(request: KernelRequest): void;
  /** Asks for an execution; `part` changes what is asked. */
  begin(source: string, part?: Partial<Extract<KernelRequest, { op: "execute" }>>): string;
  /** Executes and waits: what was shown, and how it ended. */
  run(source: string, part?: Partial<Extract<KernelRequest, { op: "execute" }>>): Promise<Execution>;
  /** The first event that fits, once it is there. */
  until(fits: (event: KernelEvent) => boolean): Promise<KernelEvent>;
  /** Ends as an editor does that is closed; resolves with the exit code. */
  close(): Promise<number | null>;
}

export interface Execution {
  status: string;
  shown: Extract<KernelEvent, { k: "shown" }>["event"][];
  /** All of what was printed. */
  text: string;
}

export const codeCell = (id: string, source: string, tags: string[] = []): NotebookCell => ({
  id,
  kind: "code",
  language: "python",
  source,
  tags,
});

export function openKernel(folder: string, python: string, env: Record<string, string> = {}): KernelClient {
  const [program, ...words] = modeltrail("kernel", join(folder, "explore.ipynb"), "--python", python);
  const child = spawn(program!, words, {
    cwd: folder,
    env: { ...baseEnvironment(makeProject()), ...env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const closed = new Promise<number | null>((resolve) => child.once("close", resolve));
  const events: KernelEvent[] = [];
  const waiting = new Set<() => void>();
  let count = 0;
  readLines(child.stdout!, (line) => {
    events.push(KernelEvent.parse(JSON.parse(line)));
    for (const look of [...waiting]) look();
  });

  function until(fits: (event: KernelEvent) => boolean): Promise<KernelEvent> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = events.find(fits);
        if (!found) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      void closed.then(() => reject(new Error(`It is over: ${JSON.stringify(events.slice(-5))}`)));
      look();
    });
  }

  function send(request: KernelRequest): void {
    child.stdin!.write(`${JSON.stringify(request)}\n`);
  }

  function begin(source: string, part: Partial<Extract<KernelRequest, { op: "execute" }>> = {}): string {
    const id = `execution-${++count}`;
    const cell = codeCell(`cell-${count}`, source);
    const layout: Notebook = { cells: [cell], metadata: {} };
    send({ op: "execute", id, cell, index: 0, newRun: false, layout, ...part });
    return id;
  }

  return {
    child,
    events,
    send,
    begin,
    until,
    async run(source, part) {
      const id = begin(source, part);
      const ended = await until((event) => event.k === "ended" && event.id === id);
      const shown = events.flatMap((event) => (event.k === "shown" && event.id === id ? [event.event] : []));
      const text = shown.map((event) => (event.e === "stream" ? event.text : "")).join("");
      return { status: (ended as { status: string }).status, shown, text };
    },
    async close() {
      child.stdin!.end();
      return closed;
    },
  };
}
