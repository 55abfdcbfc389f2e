/** Which names a restore may write: those that stay inside its folder, out of git's own files, and mean what they say. */

/** Windows: devices, whatever their ending. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?:\s*[.:].*)?$/i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: Windows has no such names.
const NOT_ON_WINDOWS = /[\x00-\x1f<>:"|?*\\]|[ .]$/;
/** Characters that Apple's file system overlooks in names. */
const OVERLOOKED = /[\u200c-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g;

/**
 * Why a relative path (`/` between its parts) is not written, as the end of a sentence; null when it may be. The path comes
 * from a git tree or a record that anybody may have made.
 */
export function unsafeReason(path: string, platform: NodeJS.Platform = process.platform): string | null {
  if (path === "" || path.startsWith("/")) return "it is not a name inside the folder";
  for (const part of path.split("/")) {
    if (part === "" || part === "." || part === "..") return "it leads out of the folder";
    if (isGitFolder(part)) return "it lies in a folder of git's own";
    if (part.includes("\0")) return "no system has such names";
    if (platform !== "win32") continue;
    if (DEVICE.test(part)) return `${part} is the name of a device on Windows`;
    if (NOT_ON_WINDOWS.test(part)) return `Windows has no names like ${JSON.stringify(part)}`;
  }
  return null;
}

/** `.git`, and what some file systems take for it: other case, overlooked characters, the short name, a stream of it. */
function isGitFolder(part: string): boolean {
  const name = part.replace(OVERLOOKED, "").toLowerCase();
  return /^(?:\.git|git~1)(?:$|[ .:])/.test(name) && !/^\.git\.[^ .:]/.test(name);
}
