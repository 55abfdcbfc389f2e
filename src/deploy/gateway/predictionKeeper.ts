/** What of requests and answers goes into the prediction log. */
import type { InputSchema } from "../../domain/bundle";
import type { PredictionLogSettings } from "../../domain/deploymentSettings";
import { predictionId } from "../predictions/id";
import { type LogCounts, openPredictionLog, type PredictionLog } from "../predictions/log";
import { type Mask, maskInputs, maskOutputs } from "../predictions/mask";
import type { CallAnswer } from "./httpCall";
import type { LiveRoute } from "./routing";

/** Larger bodies are left out of the log: it is for what was asked, not for keeping pictures. */
const LARGEST_TEXT = 1_000_000;
const TEXTUAL = /\b(json|csv|text|xml)\b/i;

export interface Happened {
  route: LiveRoute;
  /** Ms since the epoch, and ms. */
  time: number;
  latency: number;
  path: string;
  key?: string;
  request: { body: Buffer; type: string | undefined };
  answer: Pick<CallAnswer, "status" | "body"> & { type: string | undefined };
  /** Of a copy: the prediction that the caller got. */
  of?: string | null;
}

export interface PredictionKeeper {
  /** Its id once it is in the log; null: it is not kept. */
  keep(happened: Happened): Promise<string | null>;
  counts(): LogCounts | null;
  set(settings: PredictionLogSettings | false, input: InputSchema | null): void;
  close(): void;
}

export function keepPredictions(folder: string): PredictionKeeper {
  let log: PredictionLog | null = null;
  let settings: PredictionLogSettings | false = false;
  let masks: { inputs: Mask; outputs: Mask } | null = null;

  function texts({ request, answer }: Happened): { inputs: string | null; outputs: string | null } {
    const { outputsOnly = false } = settings || {};
    const inputs = outputsOnly ? null : textOf(request.body, request.type ?? "application/json");
    const outputs = textOf(answer.body, answer.type ?? "application/json");
    if (!masks) return { inputs, outputs };
    // What was refused may be of any form, and what is wrong with it, its answer may quote.
    if (answer.status >= 400) return { inputs: null, outputs: null };
    return {
      inputs: inputs === null ? null : masks.inputs(inputs, request.type),
      outputs: outputs === null ? null : masks.outputs(outputs, answer.type),
    };
  }

  return {
    async keep(happened) {
      if (!log || settings === false || (settings.sample ?? 100) <= Math.random() * 100) return null;
      const { route, time, latency, path, key = null, answer, of = null } = happened;
      const { role, model, version } = route;
      const id = predictionId(time);
      const { status } = answer;
      const one = { id, time, role, model, version, path, status, latency, key, of, ...texts(happened) };
      return (await log.add(one)) ? id : null;
    },
    counts: () => log?.counts() ?? null,
    set(next, input) {
      settings = next;
      const patterns = next ? (next.mask ?? []) : [];
      masks = patterns.length > 0 ? { inputs: maskInputs(patterns, input), outputs: maskOutputs(patterns) } : null;
      if (next === false) {
        log?.close();
        log = null;
      } else if (log) log.set(next);
      else log = openPredictionLog(folder, next);
    },
    close() {
      log?.close();
      log = null;
    },
  };
}

function textOf(body: Buffer, type: string): string | null {
  return body.length <= LARGEST_TEXT && TEXTUAL.test(type) ? body.toString("utf8") : null;
}
