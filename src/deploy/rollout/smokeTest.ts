/** The first request that a new version gets: does it answer its own sample as it did when its bundle was made? */
import { UserError } from "../../domain/errors";
import { maskText } from "../../domain/secrets";
import type { Access, Answer, ReadyBundle } from "../contract";
import { difference, missingNumber, readSample } from "../sample";

const SHOWN = 300;
const TIMEOUT_MS = 60_000;

/** What came of it, in a sentence. Throws UserError when the answer is not as it should be. */
export async function smokeTest(bundle: ReadyBundle, access: Access, signal: AbortSignal): Promise<string> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const sample = await readSample(bundle);
  if (!sample) {
    const answer = await access.request("/ping", { signal: within });
    if (answer.status !== 200) throw new UserError(`It is not well: /ping answered ${inShort(answer)}`);
    return "It is up. Its answers were not tried: no sample input is known.";
  }
  const started = performance.now();
  const answer = await access.request("/invocations", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(sample.request),
    signal: within,
  });
  const took = performance.now() - started;
  if (answer.status !== 200) {
    throw new UserError(`It answered the sample with ${inShort(answer)}${await ownWords(bundle, access, within)}`);
  }
  const problem = judge(sample.response, parse(answer));
  if (problem) throw new UserError(`It answered the sample wrongly: ${problem}.`);
  const compared = sample.response === null ? "the sample" : "the sample as it did when the bundle was made";
  return `It answered ${compared}, in ${took.toFixed(1)} ms.`;
}

/** What the model said when it failed at its sample at the start; nothing where that is not to be had. */
async function ownWords({ manifest }: ReadyBundle, access: Access, signal: AbortSignal): Promise<string> {
  try {
    const { status, body } = await access.request(`/v2/models/${encodeURIComponent(manifest.model)}`, { signal });
    const { fault } = status === 200 ? JSON.parse(body.toString()) : {};
    return typeof fault === "string" ? ` It failed at its start with ${maskText(fault).slice(0, SHOWN)}` : "";
  } catch {
    return "";
  }
}

function judge(expected: unknown, actual: unknown): string | null {
  if (expected !== null) return difference(expected, actual);
  if (typeof actual !== "object" || actual === null || !("predictions" in actual)) return `it has no "predictions"`;
  return missingNumber(actual);
}

function parse(answer: Answer): unknown {
  try {
    return JSON.parse(answer.body.toString());
  } catch {
    throw new UserError(`It answered the sample with what is no JSON: ${answer.body.toString().slice(0, SHOWN)}`);
  }
}

export function inShort({ status, body }: Answer): string {
  const text = body.toString().trim().slice(0, SHOWN);
  return `${status}${text ? `: ${text}` : "."}`;
}
