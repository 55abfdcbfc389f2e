/** Addresses of what runs recorded: the path names the run and the file for people, the query for us. */
import path from "node:path";
import * as vscode from "vscode";
import type { RunSummary } from "../../domain/run";
import { Scheme } from "../contributions";
import type { RunReference } from "../stores/projects";
import type { RecordedFile } from "../tree/sections";

/** What the query of a recorded file's address says, as JSON. */
export interface FileAddress extends RunReference, Pick<RecordedFile, "kind" | "path" | "sha256"> {}

export interface CardAddress {
  root: string;
  model: string;
  version: number;
}

/** What a document tells of that is made from what the stores know. */
export type MadeReport =
  /** How runs differ, with `workspace` also from the files as they are now. */
  | { kind: "runs"; root: string; ids: string[]; workspace: boolean }
  /** How two versions of a dataset differ. */
  | { kind: "versions"; root: string; name: string; before: string; after: string }
  /** How two contents of a table differ; `of`: the dataset and the two versions that they belong to. */
  | {
      kind: "tables";
      root: string;
      path: string;
      before: string;
      after: string;
      of: { name: string; versions: [string, string] };
    }
  /** Whether a run's child came to the same results. */
  | { kind: "reproduction"; root: string; id: string }
  /** What uses how much space. */
  | { kind: "space"; root: string }
  /** What a deployment was asked and answered; `version` null: by any version. */
  | { kind: "predictions"; root: string; name: string; version: number | null }
  /** The card of a model version. */
  | { kind: "card"; root: string; model: string; version: number };

/** What a document of ours tells of: the query of its address, as JSON. */
export type ReportAddress =
  | MadeReport
  /** Something that happened once, such as a restore: told while the window is open. */
  | { kind: "event"; root: string; key: string };

/** `name`: what the tab is called. */
export function reportUri(address: ReportAddress, name: string): vscode.Uri {
  const query = JSON.stringify(address);
  return vscode.Uri.from({ scheme: Scheme.report, path: `/${address.kind}/${segment(name)}.md`, query });
}

/** What only people know of a model version, to be edited. */
export function cardUri(address: CardAddress): vscode.Uri {
  const name = segment(`Model Card of ${address.model} ${address.version}`);
  return vscode.Uri.from({ scheme: Scheme.card, path: `/${name}.md`, query: JSON.stringify(address) });
}

export function logUri(root: string, run: Pick<RunSummary, "id" | "name">): vscode.Uri {
  const query = JSON.stringify({ root, id: run.id } satisfies RunReference);
  return vscode.Uri.from({ scheme: Scheme.log, path: `/${segment(run.name)}.log`, query });
}

export function recordedFileUri(
  root: string,
  run: Pick<RunSummary, "id" | "name">,
  file: Pick<RecordedFile, "kind" | "path" | "sha256">,
): vscode.Uri {
  const { kind, sha256 } = file;
  const query = JSON.stringify({ root, id: run.id, kind, path: file.path, sha256 } satisfies FileAddress);
  const inside = file.path.split(/[\\/]/).filter((part) => part !== "" && part !== "." && part !== "..");
  return vscode.Uri.from({ scheme: Scheme.run, path: path.posix.join("/", segment(run.name), ...inside), query });
}

/** A name as one segment of a path. */
const segment = (name: string) => name.replace(/[\\/:*?"<>|]+/g, "-") || "run";
