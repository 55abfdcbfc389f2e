/** Reads back the addresses that `uris.ts` makes. Anyone can open such an address, so each is checked. */
import * as vscode from "vscode";
import * as z from "zod";
import { RunId } from "../../domain/run";
import type { RunReference } from "../stores/projects";
import type { CardAddress, FileAddress, ReportAddress } from "./uris";

const LogAddress = z.object({ root: z.string(), id: RunId });
const RecordedFileAddress = LogAddress.extend({
  kind: z.enum(["code", "data", "config", "artifact"]),
  path: z.string(),
  sha256: z.string().nullable(),
});

const Root = z.object({ root: z.string() });
const Hash = z.string().regex(/^[0-9a-f]{64}$/);
const DatasetVersions = z.object({ name: z.string(), versions: z.tuple([Hash, Hash]) });
const ModelVersionAddress = Root.extend({ model: z.string(), version: z.number().int() });
const ReportAddresses = z.discriminatedUnion("kind", [
  Root.extend({ kind: z.literal("runs"), ids: z.array(RunId), workspace: z.boolean() }),
  Root.extend({ kind: z.literal("versions"), name: z.string(), before: Hash, after: Hash }),
  Root.extend({ kind: z.literal("tables"), path: z.string(), before: Hash, after: Hash, of: DatasetVersions }),
  Root.extend({ kind: z.literal("reproduction"), id: RunId }),
  Root.extend({ kind: z.literal("space") }),
  Root.extend({ kind: z.literal("predictions"), name: z.string(), version: z.number().int().nullable() }),
  ModelVersionAddress.extend({ kind: z.literal("card") }),
  Root.extend({ kind: z.literal("event"), key: z.string() }),
]);

/** Throws FileNotFound for an address that is none of ours. */
export function parseReportUri(uri: vscode.Uri): ReportAddress {
  return parse(ReportAddresses, uri);
}

/** Throws FileNotFound for an address that is none of ours. */
export function parseCardUri(uri: vscode.Uri): CardAddress {
  return parse(ModelVersionAddress, uri);
}

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
