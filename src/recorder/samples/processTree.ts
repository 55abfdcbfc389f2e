/** Which processes descend from the command, and what they use. */
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

export interface ProcessUsage {
  pid: number;
  parent: number;
  /** CPU time in ms, that of ended children included where the system tells. */
  cpuMs: number;
  /** Resident memory in bytes. Pages that processes share count in each. */
  memory: number;
}

/** From the kernel's documentation of /proc/PID/stat: in clock ticks, of which every Linux shows 100 a second. */
const TICK_MS = 10;
/** With more threads than this, looking at every process costs less than asking each thread for its children. */
const MANY_THREADS = 64;

/** `pid` and all its descendants; empty once it is gone, and where the system does not tell (Windows). */
export async function readTree(pid: number): Promise<ProcessUsage[]> {
  if (process.platform === "linux") return readLinuxTree(pid);
  if (process.platform === "win32") return [];
  return descendants(pid, parsePs(await ps()));
}

function readLinuxTree(root: number): ProcessUsage[] {
  const tree: ProcessUsage[] = [];
  const queue = [root];
  for (const pid of queue) {
    const children = childrenOf(pid);
    if (children === null) return descendants(root, allProcesses());
    const usage = readLinuxProcess(pid);
    if (!usage) continue;
    tree.push(usage);
    queue.push(...children);
  }
  return tree;
}

/** Null when the kernel has no such list (it is an option), or it would be dear. */
function childrenOf(pid: number): number[] | null {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    if (threads.length > MANY_THREADS) return null;
    const lists = threads.map((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, "latin1"));
    return lists.flatMap((list) => list.split(" ").filter(Boolean).map(Number));
  } catch (error) {
    const gone = (error as NodeJS.ErrnoException).code === "ESRCH" || !exists(`/proc/${pid}/stat`);
    return gone ? [] : null;
  }
}

function exists(file: string): boolean {
  try {
    readFileSync(file);
    return true;
  } catch {
    return false;
  }
}

function allProcesses(): ProcessUsage[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => readLinuxProcess(Number(pid))).filter((usage) => usage !== null);
}

function readLinuxProcess(pid: number): ProcessUsage | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // After the name, which is in brackets and may hold anything: field 3 (state) and on.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [user, system, childUser, childSystem] = fields.slice(11, 15).map(Number);
    return {
      pid,
      parent: Number(fields[1]),
      cpuMs: (user! + system! + childUser! + childSystem!) * TICK_MS,
      memory: Number(fields[21]) * pageSize(),
    };
  } catch {
    return null;
  }
}

let page = 0;

/** Bytes, found from our own memory as the kernel gives it in both units. 4 KiB, but 64 on some ARM machines. */
function pageSize(): number {
  if (page === 0) {
    const pages = Number(readFileSync("/proc/self/statm", "latin1").split(" ")[1]);
    const ratio = process.memoryUsage.rss() / pages;
    page = 2 ** Math.round(Math.log2(ratio)) || 4096;
  }
  return page;
}

function ps(): Promise<string> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, LC_ALL: "C" }, timeout: 5_000 };
    execFile("/bin/ps", ["-A", "-o", "pid=,ppid=,rss=,time="], options, (_error, stdout) => resolve(stdout));
  });
}

/** Lines of "PID PPID RSS-in-KiB [[DAYS-]HOURS:]MINUTES:SECONDS[.HUNDREDTHS]". */
export function parsePs(text: string): ProcessUsage[] {
  const lines = text.split("\n").map((line) => line.trim().split(/\s+/));
  return lines
    .filter((fields) => fields.length >= 4)
    .map(([pid, parent, resident, time]) => ({
      pid: Number(pid),
      parent: Number(parent),
      cpuMs:
        1_000 * time!.split(/[-:]/).reduce((sum, part, i, parts) => sum + Number(part) * unit(parts.length - i), 0),
      memory: Number(resident) * 1024,
    }));
}

/** Seconds in the unit that stands so many places from the right. */
function unit(place: number): number {
  return [1, 60, 3_600, 86_400][place - 1] ?? 0;
}

/** `root` and what descends from it, parents first. */
export function descendants(root: number, all: ProcessUsage[]): ProcessUsage[] {
  const tree = all.filter(({ pid }) => pid === root);
  for (const { pid } of tree) tree.push(...all.filter((one) => one.parent === pid && one.pid !== pid));
  return tree;
}
