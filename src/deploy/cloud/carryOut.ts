/** The way of a change at a cloud: what was served stays until the new versions answer, and what was begun goes when they do not. */
import type { Access, ApplyOptions, ReadyRoute, ServingPlan } from "../contract";
import { untilItAnswers } from "../rollout/untilItAnswers";
import { BACK_MS } from "./times";

/** `Part`: what a version is there. */
export interface CloudChange<Part> {
  /** Finds out what is there, and changes nothing. */
  look(): Promise<void>;
  /** The endpoint is there afterwards. */
  open(): Promise<void>;
  /** Deployed and tried; without requests where callers are served. */
  bringUp(route: ReadyRoute): Promise<Part>;
  /** Gives them the requests. Resolves with a way to the champion at the endpoint. */
  giveRequests(parts: readonly Part[]): Promise<Access>;
  /** As they were shared before. */
  giveBack(signal: AbortSignal): Promise<void>;
  /** The parts are what is served from now on. */
  keepServed(parts: readonly Part[]): void;
  /** Takes away what is not needed any more. What fails is no fault of this change, and goes with the next. */
  tidy(parts: readonly Part[], signal: AbortSignal): Promise<void>;
  /** Takes away what was begun. */
  takeBack(signal: AbortSignal): Promise<void>;
}

/** Ms until what was told of shares holds. */
const PATIENCE_MS = 60_000;
/** Ms that whoever deploys waits for what they do not need. */
const TIDY_MS = 240_000;

/** Throws what it failed by; then what was served is served still, and what was begun is gone. */
export async function carryOut<Part>(
  { routes }: ServingPlan,
  { onStep, signal }: ApplyOptions,
  change: CloudChange<Part>,
): Promise<void> {
  const [champion] = routes as [ReadyRoute];
  const parts: Part[] = [];
  // Who does not know what is there can take nothing away: it may be what is served.
  await change.look();
  const tell = (left: Error) => onStep("stop", `Not all could be made as it was: ${left.message}`);
  try {
    await change.open();
    for (const route of routes) parts.push(await change.bringUp(route));
    try {
      const access = await change.giveRequests(parts);
      await untilItAnswers(champion.ready, access, PATIENCE_MS, signal);
    } catch (error) {
      await change.giveBack(AbortSignal.timeout(BACK_MS)).catch(tell);
      throw error;
    }
  } catch (error) {
    onStep("stop", "Going back, which takes as long as the cloud does");
    await change.takeBack(AbortSignal.timeout(BACK_MS)).catch(tell);
    throw signal.aborted ? signal.reason : error;
  }
  change.keepServed(parts);
  await change.tidy(parts, AbortSignal.any([signal, AbortSignal.timeout(TIDY_MS)]));
}
