/** From which processes another descends. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

const MOST = 50;

/** The parent `parent` and its own parents, as far as they are still there and the system tells (not on Windows). */
export async function ancestorsFrom(parent: number): Promise<number[]> {
  const found: number[] = [];
  for (let pid: number | null = parent; pid !== null && pid > 1 && found.length < MOST; pid = await parentOf(pid)) {
    found.push(pid);
  }
  return found;
}

async function parentOf(pid: number): Promise<number | null> {
  try {
    if (process.platform === "linux") {
      const stat = await readFile(`/proc/${pid}/stat`, "latin1");
      // After the name, which is in brackets and may hold anything: state, parent.
      return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
    }
    if (process.platform === "win32") return null;
    const { stdout } = await promisify(execFile)("/bin/ps", ["-o", "ppid=", "-p", String(pid)]);
    return Number(stdout.trim()) || null;
  } catch {
    return null;
  }
}
