import { expect, test } from "vitest";
import { chunksOf } from "./chunks";

const bytes = (text: string) => Buffer.from(text);
const never = new AbortController().signal;

test("gives what comes, in its order, and ends with it", async () => {
  const got: string[] = [];
  const run = async (give: (chunk: Uint8Array) => void) => {
    give(bytes("a"));
    give(bytes("b"));
    await Promise.resolve();
    give(bytes("c"));
  };
  for await (const chunk of chunksOf(run, never)) got.push(String(chunk));
  expect(got).toEqual(["a", "b", "c"]);
});

test("throws as it does, after what came before", async () => {
  const got: string[] = [];
  const run = async (give: (chunk: Uint8Array) => void) => {
    give(bytes("a"));
    throw new Error("cut");
  };
  const read = async () => {
    for await (const chunk of chunksOf(run, never)) got.push(String(chunk));
  };
  await expect(read()).rejects.toThrow("cut");
  expect(got).toEqual(["a"]);
});

test("who stops listening ends it", async () => {
  let ended: unknown;
  const run = (give: (chunk: Uint8Array) => void, signal: AbortSignal) =>
    new Promise<void>((_, reject) => {
      give(bytes("a"));
      signal.addEventListener("abort", () => {
        ended = signal.reason;
        reject(signal.reason);
      });
    });
  for await (const _ of chunksOf(run, never)) break;
  expect(ended).toBeInstanceOf(Error);
});
