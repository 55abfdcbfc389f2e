/** Who listens at a port of this machine. */
import { execFile } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

const LISTENING = "0A";
const LIMIT_MS = 5_000;

/** "python3 (process 1234)"; null when that cannot be known, as with processes of other users. */
export async function portHolder(port: number): Promise<string | null> {
  try {
    if (process.platform === "linux") return onLinux(port);
    if (process.platform === "win32") return await onWindows(port);
    return await byLsof(port);
  } catch {
    return null;
  }
}

function onLinux(port: number): string | null {
  const sockets = new Set(["/proc/net/tcp", "/proc/net/tcp6"].flatMap((file) => socketsAt(file, port)));
  if (sockets.size === 0) return null;
  for (const pid of readdirSync("/proc")) {
    if (/^\d+$/.test(pid) && hasSocket(pid, sockets)) {
      return named(readFileSync(`/proc/${pid}/comm`, "utf8").trim(), pid);
    }
  }
  return null;
}

/** Inodes of listening sockets, from a table whose columns are in proc(5): local address in 1, state in 3, inode in 9. */
function socketsAt(file: string, port: number): string[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return [];
  }
  const rows = text.split("\n").slice(1);
  return rows.flatMap((row) => {
    const columns = row.trim().split(/\s+/);
    const isIt = columns[3] === LISTENING && Number.parseInt(columns[1]!.split(":").at(-1)!, 16) === port;
    return isIt ? [`socket:[${columns[9]}]`] : [];
  });
}

function hasSocket(pid: string, sockets: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((descriptor) => {
      try {
        return sockets.has(readlinkSync(`/proc/${pid}/fd/${descriptor}`));
      } catch {
        return false;
      }
    });
  } catch {
    return false;
  }
}

async function byLsof(port: number): Promise<string | null> {
  const text = await ask("lsof", ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fpc"]);
  const [pid, name] = [/^p(\d+)$/m.exec(text)?.[1], /^c(.+)$/m.exec(text)?.[1]];
  return pid ? named(name, pid) : null;
}

async function onWindows(port: number): Promise<string | null> {
  const rows = (await ask("netstat", ["-ano", "-p", "TCP"])).split("\n").map((row) => row.trim().split(/\s+/));
  const pid = rows.find(([, local, , state]) => local?.endsWith(`:${port}`) && state === "LISTENING")?.[4];
  if (!pid) return null;
  const found = await ask("tasklist", ["/FI", `PID eq ${pid}`, "/FO", "CSV", "/NH"]).catch(() => "");
  return named(/^"([^"]+)"/.exec(found)?.[1], pid);
}

function named(name: string | undefined, pid: string): string {
  return name ? `${name} (process ${pid})` : `process ${pid}`;
}

function ask(program: string, args: string[]): Promise<string> {
  return new Promise((resolve, reject) =>
    execFile(program, args, { timeout: LIMIT_MS, windowsHide: true }, (error, stdout) =>
      error ? reject(error) : resolve(stdout),
    ),
  );
}
