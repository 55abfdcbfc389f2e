import { execFileSync, spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { expect, test } from "vitest";
import { marksOf, quote, remoteCommand } from "./remoteCommand";

const marks = marksOf("0123456789ab");

test("holds no character that a login shell might read in its own way", () => {
  const command = remoteCommand(["echo", "!x", "new\nline", "it's", "\\", "$HOME", "%d", "é"], marks);
  expect(command).toMatch(/^exec sh -c 'eval "\$\(printf "[\w ./:=,+@\\-]*"\)"'$/);
});

test("any arguments arrive as they are", () => {
  const some = () => {
    const length = randomInt(1, 30);
    return String.fromCodePoint(
      ...Array.from({ length }, () => [randomInt(1, 128), randomInt(0xa0, 0xd800)][randomInt(2)]!),
    );
  };
  for (let round = 0; round < 20; round++) {
    const words = Array.from({ length: 20 }, some);
    const printed = execFileSync("sh", ["-c", remoteCommand(["printf", "%s\\0", ...words], marks)], {
      stdio: ["ignore", "pipe", "ignore"],
      encoding: "utf8",
    });
    expect(printed.slice(marks.begin.length).split("\0")).toEqual([...words, ""]);
  }
});

test("says when the program begins and how it ended", () => {
  const { stdout, stderr, status } = spawnSync("sh", [
    "-c",
    remoteCommand(["sh", "-c", "echo x >&2; exit 255"], marks),
  ]);
  expect(status).toBe(255);
  expect(stdout.toString()).toBe(marks.begin);
  expect(stderr.toString()).toBe(`${marks.begin}x\n${marks.end}255>`);
});

test("no argument holds a NUL", () => {
  expect(() => quote("a\0b")).toThrow("NUL");
});
