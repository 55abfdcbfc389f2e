/** The process that records a notebook: it lives on when the editor is closed or killed, and ends the run. */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { type FromEditor, FromRecorder } from "../../../recorder/notebook/messages";
import type { Log } from "../../log";
import { recorderEnvironment } from "../../run/recorderTask";
import type { ObservedOutput, Told } from "./observed";

/** Larger outputs go by way of a file: turning them into text would hold up the editor. Bytes. */
const MOST_INLINE_BYTES = 64 * 1024;

export interface RecorderProcessOptions {
  distFolder: string;
  cwd: string;
  log: Log;
  onMessage(message: FromRecorder): void;
  /** It has ended, and was not asked to. */
  onLost(): void;
}

export interface RecorderProcess {
  tell(message: Told): void;
  /** All was told: it ends the run by itself. Resolves when it has everything. */
  close(): Promise<void>;
}

export function startRecorder(options: RecorderProcessOptions): RecorderProcess {
  const { distFolder, cwd, log, onMessage, onLost } = options;
  const spill = path.join(tmpdir(), `modeltrail-outputs-${randomBytes(6).toString("hex")}`);
  let files = 0;
  let over = false;
  let told: Promise<void> = Promise.resolve();

  const child = spawn(process.execPath, [path.join(distFolder, "cli.js"), "record-notebook"], {
    cwd,
    env: { ...process.env, ...recorderEnvironment() },
    stdio: ["pipe", "pipe", "pipe"],
    // In a group of its own: what ends the editor does not end it.
    detached: true,
    windowsHide: true,
  });
  child.stdin.on("error", () => {});
  createInterface({ input: child.stdout }).on("line", (line) => {
    const message = FromRecorder.safeParse(JSON.parse(line));
    if (message.success) onMessage(message.data);
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors = (errors + text).slice(-4_000);
  });
  child.once("error", (error) => lost(error));
  child.once("exit", (code, signal) => lost(new Error(`It ended with ${signal ?? code}. ${errors}`)));

  function lost(error: Error): void {
    if (over) return;
    over = true;
    log.error("go on recording the notebook", error);
    onLost();
  }

  async function send(message: Told): Promise<void> {
    const line: FromEditor = message.e === "outputs" ? { ...message, outputs: await packed(message.outputs) } : message;
    if (over || child.stdin.write(`${JSON.stringify(line)}\n`)) return;
    await new Promise<void>((resolve) => {
      child.stdin.once("drain", resolve);
      child.once("exit", () => resolve());
    });
  }

  type Packed = Extract<FromEditor, { e: "outputs" }>["outputs"];

  async function packed(outputs: readonly ObservedOutput[]): Promise<Packed> {
    const result: Packed = [];
    for (const { kind, items } of outputs) {
      const packedItems: Packed[number]["items"] = [];
      for (const { mime, data } of items) {
        if (data.byteLength <= MOST_INLINE_BYTES)
          packedItems.push({ mime, base64: Buffer.from(data).toString("base64") });
        else packedItems.push({ mime, file: await spillOut(data) });
      }
      result.push({ kind, items: packedItems });
    }
    return result;
  }

  async function spillOut(data: Uint8Array): Promise<string> {
    const file = path.join(spill, String(++files));
    await mkdir(spill, { recursive: true, mode: 0o700 });
    await writeFile(file, data, { mode: 0o600 });
    return file;
  }

  return {
    tell(message) {
      // One after the other: a file may have to be written first.
      told = told.then(() => send(message)).catch((error) => log.error("tell the notebook's recorder", error));
    },
    async close() {
      await told;
      over = true;
      child.stdin.end();
      if (files === 0) return;
      await new Promise((resolve) => {
        child.once("exit", resolve);
        if (child.exitCode !== null || child.signalCode !== null) resolve(null);
      });
      await rm(spill, { recursive: true, force: true });
    },
  };
}
