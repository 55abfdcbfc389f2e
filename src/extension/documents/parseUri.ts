/** Reads back the addresses that `uris.ts` makes. Anyone can open such an address, so each is checked. */
import * as vscode from "vscode";
import * as z from "zod";
import { RunId } from "../../domain/run";
import type { RunReference } from "../stores/projects";
import type { FileAddress } from "./uris";

const LogAddress = z.object({ root: z.string(), id: RunId });
const RecordedFileAddress = LogAddress.extend({
  kind: z.enum(["code", "data", "config", "artifact"]),
  path: z.string(),
  sha256: z.string().nullable(),
});

/** Throws FileNotFound for an address that is none of ours. */
export function parseLogUri(uri: vscode.Uri): RunReference {
  return parse(LogAddress, uri);
}

/** Throws FileNotFound for an address that is none of ours. */
export function parseFileUri(uri: vscode.Uri): FileAddress {
  return parse(RecordedFileAddress, uri);
}

function parse<T>(schema: z.ZodType<T>, uri: vscode.Uri): T {
  try {
    return schema.parse(JSON.parse(uri.query));
  } catch {
    throw vscode.FileSystemError.FileNotFound(uri);
  }
}
