/** Hyperparameters as TensorBoard's hparams plugin keeps them, see its `plugin_data.proto`. */
import { PbfReader } from "pbf";

/** The tag that carries the values of one session. */
export const SESSION_START = "_hparams_/session_start_info";

/** The params of a session's start; none when the bytes are something else. Throws when they are no protocol buffer. */
export function readHparams(content: Uint8Array): Record<string, string> {
  return new PbfReader(content).readFields(
    (field, params, pbf) => {
      if (field === 3) pbf.readMessage(readSessionField, params);
    },
    Object.create(null) as Record<string, string>,
  );
}

function readSessionField(field: number, params: Record<string, string>, pbf: PbfReader): void {
  if (field !== 1) return;
  const entry = pbf.readMessage(readEntryField, { key: "", value: undefined as string | undefined });
  if (entry.value !== undefined) params[entry.key] = entry.value;
}

function readEntryField(field: number, entry: { key: string; value: string | undefined }, pbf: PbfReader): void {
  if (field === 1) entry.key = pbf.readString();
  else if (field === 2) pbf.readMessage(readValueField, entry);
}

/** A `google.protobuf.Value`, written as Python would print it. */
function readValueField(field: number, entry: { value: string | undefined }, pbf: PbfReader): void {
  if (field === 1) entry.value = pbf.readVarint() === 0 ? "None" : undefined;
  else if (field === 2) entry.value = String(pbf.readDouble());
  else if (field === 3) entry.value = pbf.readString();
  else if (field === 4) entry.value = pbf.readBoolean() ? "True" : "False";
}
