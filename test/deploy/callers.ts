/** For tests: callers of an endpoint. */
import { Agent } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { httpCall } from "../../src/deploy/gateway/httpCall";

export interface Got {
  status: number;
  version: string | undefined;
  id: string | undefined;
  body: { predictions?: unknown[]; error?: string };
}

/** Asks the endpoint; rejects when there is no answer. */
export async function ask(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
  agent?: Agent,
): Promise<Got> {
  const { hostname, port } = new URL(url);
  const answer = await httpCall({
    ...{ host: hostname, port: Number(port), method: "POST", path: "/invocations", agent, limit: 50_000 },
    ...{ body: JSON.stringify(body), headers: { "content-type": "application/json", ...headers } },
  });
  const { "x-modeltrail-version": version, "x-modeltrail-prediction": id } = answer.headers;
  return {
    status: answer.status,
    version: version as string,
    id: id as string,
    body: JSON.parse(answer.body.toString()),
  };
}

/** Asks so many times per second until it is ended; gives all answers, and how many there were none to. */
export function stream(url: string, perSecond: number, { keepAlive = true } = {}) {
  const agent = new Agent({ keepAlive });
  const answers: Got[] = [];
  const calls: Promise<unknown>[] = [];
  let unanswered = 0;
  const turn = 20;
  const timer = setInterval(() => {
    for (let left = (perSecond * turn) / 1_000; left > 0; left--) {
      const call = ask(url, { inputs: [[calls.length]] }, {}, agent);
      calls.push(
        call.then(
          (got) => answers.push(got),
          () => unanswered++,
        ),
      );
    }
  }, turn);
  return {
    count: () => answers.length,
    async end() {
      clearInterval(timer);
      await Promise.all(calls);
      agent.destroy();
      return { answers, unanswered };
    },
  };
}

export async function until(condition: () => boolean | Promise<boolean>, what: string, ms = 30_000): Promise<void> {
  for (const end = Date.now() + ms; !(await condition()); await wait(20)) {
    if (Date.now() > end) throw new Error(`It never came to this: ${what}`);
  }
}
