/** Why a model server ended, in a sentence for the user. */
import { readFileSync } from "node:fs";

export interface ServerEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
}

const LINES = 8;

/** `lines`: the newest that it printed. `kills`: out-of-memory kills of the system since it was started. */
export function endText({ code, signal }: ServerEnd, lines: readonly string[], kills: number): string {
  const said = lines.filter((line) => line.trim() !== "").slice(-LINES);
  const last = said.length > 0 ? ` It printed last:\n${said.join("\n")}` : "";
  return `${cause({ code, signal }, said, kills)}${last}`;
}

function cause({ code, signal }: ServerEnd, lines: readonly string[], kills: number): string {
  const help = "Give the machine more memory, or serve a smaller model or fewer workers.";
  if (lines.some((line) => /\b(MemoryError|std::bad_alloc|Unable to allocate|Cannot allocate memory)\b/.test(line))) {
    return `The model server ran out of memory. ${help}`;
  }
  if (signal === "SIGKILL" || code === 137) {
    return kills > 0
      ? `The system ended the model server as memory ran out. ${help}`
      : "The model server was killed from outside, as the system does when memory runs out.";
  }
  if (signal) return `The model server was ended by ${signal}.`;
  return code === null ? "The model server is gone." : `The model server ended with exit code ${code}.`;
}

/** How many processes around this one the system has ended for lack of memory (Linux; 0 elsewhere). */
export function memoryKills(): number {
  for (const file of ["/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"]) {
    try {
      return Number(/^oom_kill (\d+)$/m.exec(readFileSync(file, "utf8"))?.[1] ?? 0);
    } catch {}
  }
  return 0;
}
