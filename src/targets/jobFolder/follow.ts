/** Following a job: one connection that brings what is new, made again whenever it is cut. */
import { mkdirSync, readdirSync } from "node:fs";
import type { FollowOptions, JobPlan, TargetStatus } from "../contract";
import { createCopies } from "../frames/copies";
import type { Frame } from "../frames/frame";
import { createFrameReader } from "../frames/frameReader";
import { type Host, HostUnreachable } from "../host/contract";
import { runAgent } from "./agent";
import { createBackoff } from "./backoff";
import type { JobFolderOptions, Place } from "./contract";
import { onChange } from "./onChange";
import { type AgentStatus, statusOf } from "./status";
import { watchScheduler } from "./watch";

/** The agent gives a sign of life every 5 s. A connection that says nothing for so long is none. */
const SILENCE_MS = 20_000;
/** One that lasted for so long was a good one, as is one that brought something: the next is tried soon. */
const STEADY_MS = 5_000;

export type LastStatus = TargetStatus & { state: "ended" | "gone" };

/** Resolves with the end of the job, when all that it said is here. Throws only what `options.signal` aborts with, and faults. */
export async function followJob(
  host: Host,
  place: Place,
  plan: Pick<JobPlan, "logPath" | "spool">,
  { onStatus, onLost, signal, watch }: FollowOptions & Pick<JobFolderOptions, "watch">,
): Promise<LastStatus> {
  mkdirSync(plan.spool, { recursive: true });
  const copies = createCopies(plan, readdirSync(plan.spool));
  const backoff = createBackoff();
  const scheduler = watch ? watchScheduler(watch, { onStatus, signal }) : null;
  const until = scheduler ? AbortSignal.any([signal, scheduler.over]) : signal;
  const tellLost = onChange(onLost);

  function hear({ kind, name, offset, payload }: Frame): LastStatus | undefined {
    tellLost(null);
    if (kind === "data") {
      copies.place(name, offset, payload);
      backoff.reset();
    }
    if (kind !== "status" && kind !== "last") return undefined;
    const status = statusOf(JSON.parse(payload.toString()) as AgentStatus, scheduler !== null);
    if (status?.state === "ended" || status?.state === "gone") return status;
    if (status?.state === "running") scheduler?.seen();
    if (status) onStatus(status);
    return undefined;
  }

  try {
    for (;;) {
      const begun = performance.now();
      try {
        const end = await connect(host, place, { offsets: copies.offsets(), hear, signal: until });
        // A scheduler knows better why a job is gone, and whether it is.
        if (end && !(end.state === "gone" && scheduler)) return end;
        if (end) scheduler?.agentGone();
      } catch (error) {
        signal.throwIfAborted();
        if (scheduler?.over.aborted) return scheduler.end();
        if (!(error instanceof HostUnreachable)) throw error;
        tellLost(error.message);
      }
      if (performance.now() - begun > STEADY_MS) backoff.reset();
      await backoff.wait(until).catch(() => signal.throwIfAborted());
    }
  } finally {
    scheduler?.stop();
  }
}

interface Connection {
  offsets: Record<string, number>;
  /** Gives the end when the frame says it. */
  hear(frame: Frame): LastStatus | undefined;
  signal: AbortSignal;
}

/** Until it ends or is cut; undefined when it ended without the job's end. */
async function connect(
  host: Host,
  place: Place,
  { offsets, hear, signal }: Connection,
): Promise<LastStatus | undefined> {
  const silent = new AbortController();
  const tooLong = () => silent.abort(new HostUnreachable(`${host.name} has not answered for ${SILENCE_MS / 1_000} s.`));
  let timer = setTimeout(tooLong, SILENCE_MS);
  let end: LastStatus | undefined;
  let fault: unknown;
  const reader = createFrameReader({
    onFrame(frame) {
      end ??= hear(frame);
      // The agent would go on waiting: that there is nothing to wait for is known here.
      if (end && frame.kind === "status") silent.abort();
    },
  });
  try {
    await runAgent(host, place, "follow", [], {
      input: JSON.stringify(offsets),
      signal: AbortSignal.any([signal, silent.signal]),
      onOutput(chunk) {
        clearTimeout(timer);
        timer = setTimeout(tooLong, SILENCE_MS);
        try {
          reader.push(chunk);
        } catch (error) {
          // Our own disk, which would not be heard of from inside an event.
          fault ??= error;
          silent.abort(error);
        }
      },
    });
  } catch (error) {
    // The end was here before the connection was cut.
    if (fault === undefined && end === undefined) throw error;
  } finally {
    clearTimeout(timer);
  }
  if (fault !== undefined) throw fault;
  return end;
}
