import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";

/** Whether a process has been stopped (Ctrl-Z) and not continued. */
export async function isStopped(pid: number): Promise<boolean> {
  if (process.platform === "linux") {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
      return stat.slice(stat.lastIndexOf(")") + 2).startsWith("T");
    } catch {
      return false;
    }
  }
  return new Promise((resolve) => {
    execFile("/bin/ps", ["-o", "state=", "-p", String(pid)], (_error, state) => resolve(state.trim().startsWith("T")));
  });
}
