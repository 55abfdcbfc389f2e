/** The numbers and texts of a `TensorProto`, see TensorFlow's `tensor.proto` and, for the types' numbers, `types.proto`. */
import type { PbfReader } from "pbf";

export interface Tensor {
  /** Of all dimensions; empty for a single value. */
  shape: number[];
  numbers: number[];
  /** The elements of a tensor of strings: texts, or encoded pictures. */
  strings: Uint8Array[];
}

interface RawTensor extends Tensor {
  type: number;
  content: Uint8Array | undefined;
}

const STRING = 7;
/** A histogram has some dozens of numbers, a table of them some thousands; more is no metric. */
const MAX_NUMBERS = 100_000;

/** How the numbers of a type lie in `tensor_content`. */
const LAYOUTS: Record<number, [bytes: number, read: (view: DataView, at: number) => number]> = {
  1: [4, (view, at) => view.getFloat32(at, true)],
  2: [8, (view, at) => view.getFloat64(at, true)],
  3: [4, (view, at) => view.getInt32(at, true)],
  4: [1, (view, at) => view.getUint8(at)],
  5: [2, (view, at) => view.getInt16(at, true)],
  6: [1, (view, at) => view.getInt8(at)],
  9: [8, (view, at) => Number(view.getBigInt64(at, true))],
  10: [1, (view, at) => view.getUint8(at)],
  14: [2, (view, at) => bfloat16(view.getUint16(at, true))],
  19: [2, (view, at) => float16(view.getUint16(at, true))],
};

export function readTensor(pbf: PbfReader): Tensor {
  const raw: RawTensor = { type: 0, shape: [], content: undefined, numbers: [], strings: [] };
  pbf.readMessage(readField, raw);
  const { type, shape, content, strings } = raw;
  return { shape, numbers: content ? unpack(type, content) : raw.numbers, strings };
}

function readField(field: number, tensor: RawTensor, pbf: PbfReader): void {
  if (field === 1) tensor.type = pbf.readVarint();
  else if (field === 2) pbf.readMessage(readShapeField, tensor.shape);
  else if (field === 4) tensor.content = pbf.readBytes();
  else if (field === 5) pbf.readPackedFloat(tensor.numbers);
  else if (field === 6) pbf.readPackedDouble(tensor.numbers);
  else if (field === 7 || field === 10 || field === 11) pbf.readPackedVarint(tensor.numbers, true);
  else if (field === 8) tensor.strings.push(pbf.readBytes());
  else if (field === 13) {
    const halves = pbf.readPackedVarint();
    tensor.numbers.push(...halves.map(tensor.type === 14 ? bfloat16 : float16));
  }
}

function readShapeField(field: number, shape: number[], pbf: PbfReader): void {
  if (field === 2)
    pbf.readMessage((name, into, inner) => void (name === 1 && into.push(inner.readVarint(true))), shape);
}

function unpack(type: number, content: Uint8Array): number[] {
  const layout = LAYOUTS[type];
  if (!layout || type === STRING) return [];
  const [bytes, read] = layout;
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  return Array.from({ length: Math.min(MAX_NUMBERS, Math.floor(content.length / bytes)) }, (_, index) =>
    read(view, index * bytes),
  );
}

const scratch = new DataView(new ArrayBuffer(4));

function bfloat16(bits: number): number {
  scratch.setUint32(0, bits << 16);
  return scratch.getFloat32(0);
}

/** IEEE 754 half precision. */
function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
