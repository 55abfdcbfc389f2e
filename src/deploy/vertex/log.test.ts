import { expect, test } from "vitest";
import { readLog } from "./log";

test("the newest lines are told, whatever was printed, and however long ago", async () => {
  const asked: string[] = [];
  const entries = [
    { textPayload: "Traceback:\n  no such tree\n" },
    { jsonPayload: { message: "Ready.", level: "info" } },
    { jsonPayload: { message: 5 } },
    { jsonPayload: { accuracy: 0.5 } },
    { textPayload: "It listens." },
  ];
  const json = async (words: readonly string[]) => {
    asked.push(...words);
    return [...entries];
  };
  const gcloud = { json, run: () => Promise.reject(new Error("Nothing is run.")) };
  const read = (lines: number) =>
    readLog(gcloud, { endpoint: "mt-wine", project: "p" }, lines, AbortSignal.timeout(10_000));
  const all = ["It listens.", '{"accuracy":0.5}', "5", "Ready.", "Traceback:", "  no such tree"];
  expect(await read(10)).toEqual(all);
  expect(await read(5)).toEqual(all.slice(1));
  expect(asked).toContain("--freshness=30d");
});
