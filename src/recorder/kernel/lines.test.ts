import { PassThrough } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { readLines } from "./lines";

test("lines come whole however they were cut, and one without an end is dropped", async () => {
  const stream = new PassThrough();
  const lines: string[] = [];
  readLines(stream, (line) => lines.push(line));
  const bytes = Buffer.from("one\ntwö\n\nthree\nfour");
  for (const byte of bytes) stream.write(Buffer.from([byte]));
  stream.end();
  await setImmediate();
  expect(lines).toEqual(["one", "twö", "three"]);
});
