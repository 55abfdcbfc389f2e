/** What the values of an event are to a run: points of metrics, params, pictures and texts. */
import type { SummaryValue } from "./event";
import { readHparams, SESSION_START } from "./hparams";

/** A picture or text that becomes an artifact. */
export interface Media {
  bytes: Uint8Array;
  /** With its dot. */
  ending: string;
}

export interface Understood {
  /** Named by what follows the tag: "" for a scalar, "/mean" and so on for a histogram. */
  metrics: [suffix: string, value: number][];
  params: Record<string, string>;
  media: Media[];
}

/** `plugin`: what an earlier value of the tag said it is of. */
export function understand(value: SummaryValue, plugin = value.plugin): Understood {
  const { tag, scalar, histogram, image, tensor, pluginContent } = value;
  const none: Understood = { metrics: [], params: {}, media: [] };
  if (plugin === "hparams") {
    return tag === SESSION_START && pluginContent ? { ...none, params: readHparams(pluginContent) } : none;
  }
  if (scalar !== undefined) return { ...none, metrics: [["", scalar]] };
  if (histogram) {
    const { min, max, num, sum, sumSquares } = histogram;
    return { ...none, metrics: num > 0 ? spread(min, max, num, sum, sumSquares) : [] };
  }
  if (image) return { ...none, media: [picture(image)] };
  if (!tensor) return none;
  const { numbers, strings, shape } = tensor;
  if (plugin === "images") {
    // Width, height, then the pictures.
    return { ...none, media: strings.slice(2).map(picture) };
  }
  if (plugin === "text") return { ...none, media: strings.map((bytes) => ({ bytes, ending: ".txt" })) };
  if (plugin === "histograms" && shape.length === 2 && shape[1] === 3) {
    return { ...none, metrics: spreadOfBuckets(numbers) };
  }
  if (numbers.length === 1 && (plugin === "scalars" || plugin === undefined)) {
    return { ...none, metrics: [["", numbers[0]!]] };
  }
  return none;
}

function spread(min: number, max: number, num: number, sum: number, sumSquares: number): [string, number][] {
  const mean = sum / num;
  // Rounding may leave less than nothing.
  const std = Math.sqrt(Math.max(0, sumSquares / num - mean * mean));
  return [
    ["/min", min],
    ["/max", max],
    ["/mean", mean],
    ["/std", std],
  ];
}

/** Rows of (left edge, right edge, count): the mean and spread are those of the buckets' middles. */
function spreadOfBuckets(rows: number[]): [string, number][] {
  let [min, max, num, sum, squares] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0, 0];
  for (let at = 0; at + 2 < rows.length; at += 3) {
    const [left, right, count] = [rows[at]!, rows[at + 1]!, rows[at + 2]!];
    if (count <= 0) continue;
    const middle = (left + right) / 2;
    min = Math.min(min, left);
    max = Math.max(max, right);
    num += count;
    sum += middle * count;
    squares += middle * middle * count;
  }
  return num > 0 ? spread(min, max, num, sum, squares) : [];
}

const SIGNATURES: [ending: string, start: number[]][] = [
  [".png", [0x89, 0x50, 0x4e, 0x47]],
  [".jpg", [0xff, 0xd8, 0xff]],
  [".gif", [0x47, 0x49, 0x46]],
];

function picture(bytes: Uint8Array): Media {
  const found = SIGNATURES.find(([, start]) => start.every((byte, index) => bytes[index] === byte));
  return { bytes, ending: found?.[0] ?? ".bin" };
}
