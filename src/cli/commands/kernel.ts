/** `modeltrail kernel`: what the editor starts for a notebook that runs on a kernel of ours. */
import { dirname, isAbsolute } from "node:path";
import { serveKernel } from "../../recorder/kernel/serve";
import { startFinisher, startUnderstudy } from "../beside";

export interface KernelOptions {
  /** Absolute path of the Python whose kernel it is. */
  python: string;
  /** Default: the notebook's. */
  cwd?: string;
}

/** `notebook`: its absolute path; of one that is in no file yet, its name. */
export async function kernelCommand(notebook: string, { python, cwd }: KernelOptions): Promise<void> {
  await serveKernel({
    notebook,
    python,
    cwd: cwd ?? (isAbsolute(notebook) ? dirname(notebook) : process.cwd()),
    env: process.env,
    source: "notebook",
    startFinisher,
    startUnderstudy,
  });
}
