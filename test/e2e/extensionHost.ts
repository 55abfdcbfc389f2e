import { execFileSync } from "node:child_process";

/** The process ids of the extension hosts that a server runs. */
export function extensionHosts(serverPid: number): number[] {
  const listing = execFileSync("ps", ["-A", "-ww", "-o", "pid=,ppid=,args="], { encoding: "utf8" });
  const processes = listing
    .trim()
    .split("\n")
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, pid, parent, command]) => ({ pid: Number(pid), parent: Number(parent), command: command ?? "" }));
  const tree = new Set([serverPid]);
  // The set grows while it is walked, until the whole tree is in it.
  for (const member of tree) for (const { pid, parent } of processes) if (parent === member) tree.add(pid);
  return processes.filter(({ pid, command }) => tree.has(pid) && isExtensionHost(command)).map(({ pid }) => pid);
}

const isExtensionHost = (command: string) => / --type=extensionHost( |$)/.test(command);
