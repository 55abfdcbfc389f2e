/** Whether a folder is on a disk that other machines may write to as well. */
import { statfsSync } from "node:fs";

/** `f_type` of Linux' network file systems, from linux/magic.h and the file systems' own sources. */
const NETWORK_TYPES = new Set([
  0x6969, // nfs
  0x517b, // smb
  0xff534d42, // cifs
  0xfe534d42, // smb2
  0x01021997, // 9p: WSL's view of the Windows disks, some virtual machines
  0x5346414f, // afs
  0x00c36400, // ceph
  0x0bd00bd0, // lustre
  0x47504653, // gpfs
  0x19830326, // beegfs
  0x65735546, // fuse: sshfs and cloud drives; local ones lose only some speed
]);

/**
 * SQLite's write-ahead log needs memory that all its users share, so one machine: https://www.sqlite.org/wal.html.
 * False where it cannot be told (macOS gives no stable type numbers).
 */
export function isNetworkDisk(folder: string): boolean {
  if (process.platform === "win32") return /^(\\\\|\/\/)(?![?.])/.test(folder);
  if (process.platform !== "linux") return false;
  try {
    return NETWORK_TYPES.has(Number(statfsSync(folder, { bigint: true }).type & 0xffffffffn));
  } catch {
    return false;
  }
}
