/** The bytes that the version takes when it is served. */
import { formatSize } from "../../../domain/format";
import { type Gate, judged } from "../gate";

export const sizeGate: Gate<"size"> = async (limits, context) => {
  const { manifest } = await context.bundle();
  const sum = (files: readonly { size: number }[]) => files.reduce((total, { size }) => total + size, 0);
  const { entry, files } = manifest;
  const sizes = {
    model: sum(files.filter(({ path }) => path === entry || path.startsWith(`${entry}/`))),
    bundle: sum(files),
  };
  const asked = (["model", "bundle"] as const).filter((what) => limits[what] !== undefined);
  const complaints = asked
    .filter((what) => sizes[what] > limits[what]!)
    .map((what) => `the ${what} takes ${formatSize(sizes[what])}, at most ${formatSize(limits[what]!)} is allowed`);
  const good = asked.map((what) => `the ${what} takes ${formatSize(sizes[what])} of ${formatSize(limits[what]!)}`);
  const text = good.join(", ");
  return judged(complaints, `${text[0]!.toUpperCase()}${text.slice(1)}`, { ...sizes, limits: { ...limits } });
};
