import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** The user's own folder for what can be made again; undefined when there is no home. Need not exist. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string | undefined {
  if (env.XDG_CACHE_HOME && isAbsolute(env.XDG_CACHE_HOME)) return join(env.XDG_CACHE_HOME, "modeltrail");
  if (process.platform === "win32") return env.LOCALAPPDATA && join(env.LOCALAPPDATA, "modeltrail", "cache");
  const home = homedir();
  if (!isAbsolute(home)) return undefined;
  return process.platform === "darwin" ? join(home, "Library/Caches/modeltrail") : join(home, ".cache/modeltrail");
}
