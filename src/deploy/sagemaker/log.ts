/** What the containers of an endpoint print: in CloudWatch, a stream for each of them. */
import * as z from "zod/mini";
import { isMissing } from "./aws";
import type { Place } from "./endpoint";

/** Those that printed last. */
const MOST_STREAMS = 4;
const MOST_LINES = 10_000;

const Streams = z.object({ logStreams: z.array(z.object({ logStreamName: z.string() })) });
const Events = z.object({ events: z.array(z.object({ timestamp: z.number(), message: z.string() })) });

/** The newest lines, oldest first. `of`: the variants that they are of; default: all. */
export async function readLog(
  { aws, endpoint }: Place,
  lines: number,
  signal: AbortSignal,
  of?: readonly string[],
): Promise<string[]> {
  const options = { signal, what: "show what the endpoint prints" };
  const group = { logGroupName: `/aws/sagemaker/Endpoints/${endpoint}` };
  const newest = { ...group, orderBy: "LastEventTime", descending: true, limit: MOST_STREAMS };
  try {
    const { logStreams } = Streams.parse(await aws.ask("logs", "describe-log-streams", newest, options));
    const streams = logStreams.map(({ logStreamName }) => logStreamName);
    // Some versions of the program take no limit from here, and tell all of them.
    const wanted = streams
      .slice(0, MOST_STREAMS)
      .filter((name) => of === undefined || of.includes(name.split("/")[0]!));
    const limit = Math.min(lines, MOST_LINES);
    const printed = await Promise.all(
      wanted.map(async (logStreamName) => {
        const input = { ...group, logStreamName, limit, startFromHead: false };
        const { events } = Events.parse(await aws.ask("logs", "get-log-events", input, options));
        return events;
      }),
    );
    const all = printed.flat().sort((one, other) => one.timestamp - other.timestamp);
    return all.slice(-lines).map(({ message }) => message.trimEnd());
  } catch (error) {
    // Nothing has printed yet.
    if (isMissing(error)) return [];
    throw error;
  }
}
