/** Where a project's tracking server is found: the same place each time it is started, so that notebooks go on with it. */
import { randomBytes } from "node:crypto";
import { chmodSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod/mini";

const Address = z.object({ secret: z.string().check(z.regex(/^[0-9a-f]{32,}$/)), port: z.int() });
export type ServerAddress = z.infer<typeof Address>;

const fileOf = (folder: string) => join(folder, "server.json");

/** That of the last time, or a new one with port 0: any that is free. */
export function readServerAddress(folder: string): ServerAddress {
  try {
    return Address.parse(JSON.parse(readFileSync(fileOf(folder), "utf8")));
  } catch {
    return { secret: randomBytes(16).toString("hex"), port: 0 };
  }
}

/** Readable by its owner alone: who knows the secret can write to the project's runs. */
export function keepServerAddress(folder: string, address: ServerAddress): void {
  const temporary = join(folder, `server-${randomBytes(8).toString("hex")}.json`);
  writeFileSync(temporary, JSON.stringify(address), { mode: 0o600, flag: "wx" });
  chmodSync(temporary, 0o600);
  renameSync(temporary, fileOf(folder));
}
