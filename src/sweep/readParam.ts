/** Params of a sweep as they are typed: `lr=0.1,0.01`, `depth=1..8`, `units=16..128:16`, `lr=1e-5..0.1:log`. */
import { UserError } from "../domain/errors";
import { SweepParam, type SweepValue } from "../domain/sweep";

const NUMBER = String.raw`[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?`;
const RANGE = new RegExp(`^(${NUMBER})\\.\\.(${NUMBER})(?::(log|${NUMBER}))?$`);
const IS_NUMBER = new RegExp(`^${NUMBER}$`);

/** Throws UserError, with the forms that there are, when it is none of them. */
export function readParam(text: string): [name: string, param: SweepParam] {
  const at = text.indexOf("=");
  const [name, values] = [text.slice(0, at), text.slice(at + 1)];
  if (at <= 0 || values === "") throw explain(text);
  const range = RANGE.exec(values);
  const param = range ? toRange(range) : values.split(",").map(toValue);
  const parsed = SweepParam.safeParse(param);
  if (!parsed.success) throw explain(text);
  return [name, parsed.data];
}

function toRange([, from, to, more]: RegExpExecArray): object {
  const detail = more === undefined ? {} : more === "log" ? { scale: "log" } : { step: Number(more) };
  // Who writes 0.0..1.0 means fractions.
  const type = [from, to].some((end) => /[.eE]/.test(end!)) ? { type: "float" } : {};
  return { from: Number(from), to: Number(to), ...detail, ...type };
}

/** Numbers count as numbers, so that they can be drawn and compared; everything else is a text. */
function toValue(text: string): SweepValue {
  return IS_NUMBER.test(text) && String(Number(text)) === text ? Number(text) : text;
}

function explain(text: string): UserError {
  return new UserError(
    `"${text}" names no values. Give them like lr=0.1,0.01 or depth=1..8 or units=16..128:16 or lr=1e-5..0.1:log.`,
  );
}
