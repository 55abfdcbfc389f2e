import { describe, expect, test } from "vitest";
import type { SpoolEventOf } from "../../ingest/spoolEvent";
import { adoptedEnd } from "./end";
import type { Told } from "./told";

type Close = SpoolEventOf<"close">;
const close = (word: Partial<Close> = {}): Close => ({ e: "close", t: 1, ...word });
const seen = { output: "whole", done: true } as const;
const end = (told: Told, last?: Close, stopped = false) => adoptedEnd({ told, close: last, terminal: true, stopped });

describe.skipIf(process.platform === "win32")("how an adopted run ended", () => {
  test.each<[string, Told, Close | undefined, object]>([
    ["the shell saw success", { watching: "shell", exitCode: 0 }, close(), { status: "finished", exitCode: 0 }],
    ["the shell saw a failure", { watching: "shell", exitCode: 3 }, close(), { status: "failed", exitCode: 3 }],
    ["Python chose a large code", { watching: "shell", exitCode: 137 }, close(), { status: "failed", exitCode: 137 }],
    ["it was killed", { watching: "shell", exitCode: 137 }, undefined, { status: "killed", signal: "SIGKILL" }],
    [
      "it was interrupted",
      { watching: "shell", exitCode: 130 },
      close({ exception: "KeyboardInterrupt" }),
      { status: "killed", signal: "SIGINT" },
    ],
    ["a task was ended", { watching: "task", exitCode: -15 }, undefined, { status: "killed", signal: "SIGTERM" }],
    [
      "a debugger ended it",
      { watching: "debugger", exitCode: 247 },
      undefined,
      { status: "killed", signal: "SIGKILL" },
    ],
    ["the debugger saw a failure", { watching: "debugger", exitCode: 1 }, close(), { status: "failed", exitCode: 1 }],
    ["only Python told", {}, close({ exitCode: 0 }), { status: "finished", exitCode: 0 }],
    ["only Python told of an error", {}, close({ exception: "ValueError" }), { status: "failed", exitCode: 1 }],
    [
      "only Python told of Ctrl-C",
      {},
      close({ exception: "KeyboardInterrupt" }),
      { status: "killed", signal: "SIGINT" },
    ],
  ])("%s", (_, told, last, expected) => {
    expect(end({ ...seen, ...told }, last)).toMatchObject({ exitCode: null, signal: null, gaps: [], ...expected });
  });

  test("what nobody saw is a gap", () => {
    const unseen = [{ message: expect.stringContaining("exit code was not seen") }];
    expect(end(seen, close())).toMatchObject({ status: "finished", exitCode: null, gaps: unseen });
    expect(end(seen)).toMatchObject({ status: "lost", gaps: [{ message: expect.stringContaining("not seen") }] });
    expect(end(seen, undefined, true)).toMatchObject({ status: "killed", gaps: [] });
  });

  test.each<[string, Told, boolean, string | null]>([
    ["seen", seen, true, null],
    ["seen by a debugger", { ...seen, watching: "debugger" }, false, null],
    ["redirected", seen, false, "went to a file or another program"],
    ["cut out of that of several runs", { output: "cut", done: true }, true, "told apart by time"],
    ["seen until the window was closed", { watching: "shell", output: "whole" }, true, "in part only"],
    ["a task's", { watching: "task", done: true }, true, "not shown to extensions"],
    ["not seen", {}, true, "was not seen"],
  ])("output that was %s", (_, told, terminal, message) => {
    const { gaps } = adoptedEnd({ told, close: close({ exitCode: 0 }), terminal });
    expect(gaps.map((gap) => gap.message)).toEqual(message === null ? [] : [expect.stringContaining(message)]);
  });
});
