/**
 * The events that TensorBoard writers put into records: protocol buffers of TensorFlow's `event.proto`, `summary.proto`
 * and `tensor.proto`. Only what makes params, metrics and artifacts is read.
 */
import { PbfReader } from "pbf";
import { readTensor, type Tensor } from "./tensor";

export interface Histogram {
  min: number;
  max: number;
  /** Number of values. */
  num: number;
  sum: number;
  sumSquares: number;
}

export interface SummaryValue {
  tag: string;
  /** "scalars", "images", "text", "histograms", "hparams", …; writers may name it with a tag's first value only. */
  plugin?: string;
  /** What the plugin keeps beside the value. */
  pluginContent?: Uint8Array;
  scalar?: number;
  histogram?: Histogram;
  /** An encoded picture, PNG as a rule. */
  image?: Uint8Array;
  tensor?: Tensor;
}

export interface TensorBoardEvent {
  /** Seconds since the epoch. */
  wallTime: number;
  step: number;
  values: SummaryValue[];
}

/** Throws when the bytes are no event. */
export function readEvent(bytes: Uint8Array): TensorBoardEvent {
  const event: TensorBoardEvent = { wallTime: 0, step: 0, values: [] };
  const read = new PbfReader(bytes).readFields((field, into, pbf) => {
    if (field === 1) into.wallTime = pbf.readDouble();
    else if (field === 2) into.step = pbf.readVarint(true);
    else if (field === 5) pbf.readMessage(readSummaryField, into.values);
  }, event);
  if (!Number.isFinite(read.wallTime)) throw new Error("The event has no time.");
  return read;
}

function readSummaryField(field: number, values: SummaryValue[], pbf: PbfReader): void {
  if (field === 1) values.push(pbf.readMessage(readValueField, { tag: "" }));
}

function readValueField(field: number, value: SummaryValue, pbf: PbfReader): void {
  if (field === 1) value.tag = pbf.readString();
  else if (field === 2) value.scalar = pbf.readFloat();
  else if (field === 4) pbf.readMessage(readImageField, value);
  else if (field === 5) value.histogram = pbf.readMessage(readHistogramField, emptyHistogram());
  else if (field === 8) value.tensor = readTensor(pbf);
  else if (field === 9) pbf.readMessage(readMetadataField, value);
}

function readImageField(field: number, value: SummaryValue, pbf: PbfReader): void {
  if (field === 4) value.image = pbf.readBytes();
}

const emptyHistogram = (): Histogram => ({ min: 0, max: 0, num: 0, sum: 0, sumSquares: 0 });
const HISTOGRAM_FIELDS = [undefined, "min", "max", "num", "sum", "sumSquares"] as const;

function readHistogramField(field: number, histogram: Histogram, pbf: PbfReader): void {
  const name = HISTOGRAM_FIELDS[field];
  if (name) histogram[name] = pbf.readDouble();
}

function readMetadataField(field: number, value: SummaryValue, pbf: PbfReader): void {
  if (field === 1) pbf.readMessage(readPluginField, value);
}

function readPluginField(field: number, value: SummaryValue, pbf: PbfReader): void {
  if (field === 1) value.plugin = pbf.readString();
  else if (field === 2) value.pluginContent = pbf.readBytes();
}
