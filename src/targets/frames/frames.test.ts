import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createCopies } from "./copies";
import type { Frame } from "./frame";
import { createFrameReader } from "./frameReader";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "modeltrail-frames-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const plan = () => ({ logPath: join(folder, "output.log"), spool: join(folder, "spool") });

/** As python/agent/frames.py makes them; that the two agree is shown by the tests of the agent. */
function line(number: number, kind: string, name: string, offset: number, payload: Buffer): string {
  const bytes = kind === "z" ? deflateSync(payload) : payload;
  const base = (data: Buffer, form: "base64" | "base64url") => (data.length > 0 ? data.toString(form) : "-");
  const text = `%mt abcd ${number} ${kind} ${base(Buffer.from(name), "base64url")} ${offset} ${base(bytes, "base64")}`;
  return `${text} ${crc32(text).toString(16).padStart(8, "0")}\n`;
}

/** Numbers that look random and are the same each time. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

function framesOf(content: Buffer, name: string, random: (below: number) => number): string[] {
  const lines: string[] = [];
  for (let offset = 0; offset < content.length; ) {
    const length = 1 + random(300);
    lines.push(line(lines.length, random(2) ? "z" : "d", name, offset, content.subarray(offset, offset + length)));
    offset += length;
  }
  return lines;
}

function contentOf(size: number, random: (below: number) => number): Buffer {
  return Buffer.from(Array.from({ length: size }, () => random(256)));
}

test("bytes come whole through pieces cut anywhere, lines of others and lines that come twice", () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = numbers(seed);
    const content = contentOf(random(4_000), random);
    const lines = framesOf(content, "output.log", random);
    // A log that is read again from somewhere before, again and again.
    const read: string[] = [];
    for (let at = 0; at < lines.length; ) {
      const from = Math.max(0, at - random(4));
      at = Math.min(lines.length, from + 1 + random(8));
      read.push(...lines.slice(from, at));
      if (random(3) === 0) read.push("Warning: something of the login\r\n");
    }
    const bytes = Buffer.from(read.join(""));
    const copies = createCopies({ ...plan(), logPath: join(folder, `${seed}.log`) }, []);
    const reader = createFrameReader({ onFrame: ({ name, offset, payload }) => copies.place(name, offset, payload) });
    for (let at = 0; at < bytes.length; ) {
      const length = 1 + random(200);
      reader.push(bytes.subarray(at, at + length));
      at += length;
    }
    expect(copies.hasHoles()).toBe(false);
    expect(copies.offsets()["output.log"]).toBe(content.length);
    if (content.length > 0) expect(readFileSync(join(folder, `${seed}.log`)).equals(content)).toBe(true);
  }
});

test("a frame that is damaged, cut or spliced is none", () => {
  const [one, two] = [
    line(0, "d", "output.log", 0, Buffer.from("first")),
    line(1, "z", "output.log", 5, Buffer.from("x")),
  ];
  const frames: Frame[] = [];
  const noise: string[] = [];
  const reader = createFrameReader({ onFrame: (frame) => frames.push(frame), onNoise: (text) => noise.push(text) });
  const broken = [
    one.replace("%mt abcd 0", "%mt abcd 7"),
    `${one.slice(0, 20)}\n`,
    one.slice(0, 30) + two.slice(30),
    "%mt\n",
  ];
  for (const text of broken) reader.push(Buffer.from(text));
  expect(frames).toEqual([]);
  expect(noise).toHaveLength(broken.length);
  reader.push(Buffer.from(`${two.slice(0, 40)} ${one}`));
  expect(frames).toMatchObject([{ number: 0, kind: "data", name: "output.log", offset: 0 }]);
  expect(frames[0]!.payload.toString()).toBe("first");
});

test("what comes early waits for what is missing, whatever the order", () => {
  const random = numbers(7);
  const content = contentOf(5_000, random);
  const lines = framesOf(content, "spool/1-2.jsonl", random);
  for (let i = lines.length - 1; i > 0; i--) {
    const other = random(i + 1);
    [lines[i], lines[other]] = [lines[other]!, lines[i]!];
  }
  const copies = createCopies(plan(), []);
  const reader = createFrameReader({ onFrame: ({ name, offset, payload }) => copies.place(name, offset, payload) });
  // Each of them twice, as when a log is read again.
  reader.push(Buffer.from(lines.flatMap((one) => [one, one]).join("")));
  expect(copies.hasHoles()).toBe(false);
  expect(readFileSync(join(folder, "spool/1-2.jsonl")).equals(content)).toBe(true);
});

test("holes that stay are told, and later bytes keep their place", () => {
  const copies = createCopies(plan(), []);
  copies.place("output.log", 0, Buffer.from("begin\n"));
  copies.place("output.log", 206, Buffer.from("end\n"));
  copies.place("output.log", 213, Buffer.from("really\n"));
  copies.place("spool/1-2.jsonl", 4, Buffer.from("{}\n"));
  expect(copies.hasHoles()).toBe(true);
  expect(copies.offsets()).toEqual({ "output.log": 6, "spool/1-2.jsonl": 0 });
  expect(copies.giveUp()).toEqual([
    "200 bytes of the output did not arrive.",
    "3 bytes of the output did not arrive.",
    "4 bytes of spool/1-2.jsonl did not arrive.",
  ]);
  const log = readFileSync(join(folder, "output.log"));
  expect(log.subarray(206).toString()).toBe("end\n\n\n\nreally\n");
  expect(log.subarray(0, 206).toString()).toMatch(
    /^begin\n\n\[modeltrail: 200 bytes of the output did not arrive\] +\n$/,
  );
  expect(readFileSync(join(folder, "spool/1-2.jsonl"), "utf8")).toBe("\n\n\n\n{}\n");
});

test("another follower goes on where the files end", () => {
  createCopies(plan(), []).place("output.log", 0, Buffer.from("one "));
  mkdirSync(join(folder, "spool"));
  const next = createCopies(plan(), ["1-2.jsonl"]);
  expect(next.offsets()).toEqual({ "output.log": 4, "spool/1-2.jsonl": 0 });
  next.place("output.log", 2, Buffer.from("e two"));
  expect(readFileSync(join(folder, "output.log"), "utf8")).toBe("one two");
});

test("names that lead elsewhere are no files of a job", () => {
  const copies = createCopies(plan(), [], join(folder, "incoming"));
  for (const name of ["../x", "spool/../x", "spool/x.txt", "agent.json"]) copies.place(name, 0, Buffer.from("x"));
  expect(() => copies.place("work/../../x", 0, Buffer.from("x"))).toThrow("not a path inside");
  expect(copies.offsets()).toEqual({ "output.log": 0 });
});
