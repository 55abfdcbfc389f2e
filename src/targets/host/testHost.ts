/** What every host has to do, as tests: for this machine beside its code, for real ones behind ssh in test/targets. */
import { createHash, randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fsPath } from "../../ingest/spoolPath";
import type { Host } from "./contract";

/** `create` gives a host that sees the files of this machine, as one behind ssh on loopback does. */
export function describeHost(title: string, create: () => Host): void {
  describe(title, () => {
    let folder: string;
    let host: Host;
    const { signal } = new AbortController();
    const at = (...parts: string[]) => path.join(folder, ...parts);

    beforeEach(() => {
      folder = mkdtempSync(path.join(os.tmpdir(), "modeltrail host "));
      host = create();
    });
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    function put(file: string, content: string | Buffer, seconds = 1_700_000_000): void {
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(fsPath(file), content);
      utimesSync(fsPath(file), seconds, seconds);
    }

    const print = 'import sys, os; sys.stdout.buffer.write(b"\\0".join(os.fsencode(a) for a in sys.argv[1:]))';

    test("hands over arguments as they are", async () => {
      const random = Array.from({ length: 40 }, () => randomText());
      const args = [...AWKWARD, ...random];
      const { stdout, exitCode } = await host.exec(["python3", "-c", print, ...args], { signal });
      expect(exitCode).toBe(0);
      expect(stdout.toString("utf8").split("\0")).toEqual(args);
    });

    test("gives exit code, output and errors", async () => {
      const code = "import sys; sys.stdout.write('out'); sys.stderr.write('err'); sys.exit(255)";
      const result = await host.exec(["python3", "-c", code], { signal });
      expect(result).toEqual({ exitCode: 255, stdout: Buffer.from("out"), stderr: "err" });
      const missing = await host.exec(["no-such-program-here"], { signal });
      expect(missing.exitCode).toBe(127);
      const killed = await host.exec(["sh", "-c", "kill -9 $$"], { signal });
      expect(killed.exitCode).toBe(137);
    });

    test("passes bytes through in both directions", async () => {
      const bytes = randomBytes(3_000_000);
      const copied = await host.exec(["cat"], { signal, input: bytes });
      expect(sha256(copied.stdout)).toBe(sha256(bytes));
      const chunks: Buffer[] = [];
      const onOutput = (chunk: Buffer) => chunks.push(chunk);
      const { stdout } = await host.exec(["cat"], { signal, input: bytes, onOutput });
      expect(stdout).toHaveLength(0);
      expect(sha256(Buffer.concat(chunks))).toBe(sha256(bytes));
      expect((await host.exec(["true"], { signal, input: bytes })).exitCode).toBe(0);
    });

    test("stops when it is told to", async () => {
      const controller = new AbortController();
      const running = host.exec(["sh", "-c", "echo started; exec sleep 20"], {
        signal: controller.signal,
        onOutput: () => controller.abort(new Error("enough")),
      });
      await expect(running).rejects.toThrow("enough");
      await expect(host.exec(["true"], { signal: controller.signal })).rejects.toThrow("enough");
    });

    test("pushes what a folder holds, whatever its files are called", async () => {
      for (const name of NAMES) put(at("here", name), contentOf(name));
      put(at("here/run me.sh"), "#!/bin/sh\n");
      chmodSync(at("here/run me.sh"), 0o755);
      mkdirSync(at("here/empty folder"));
      symlinkSync("run me.sh", at("here/link"));
      await host.push(at("here"), at("there/new"), { signal });
      for (const name of NAMES) {
        expect(readFileSync(fsPath(at("there/new", name)), "utf8"), name).toBe(contentOf(name));
        expect(statSync(fsPath(at("there/new", name))).mtimeMs).toBe(1_700_000_000_000);
      }
      expect(statSync(at("there/new/run me.sh")).mode & 0o777).toBe(0o755);
      expect(statSync(at("there/new/empty folder")).isDirectory()).toBe(true);
      expect(readlinkSync(at("there/new/link"))).toBe("run me.sh");
    });

    test("sends only what differs, and leaves alone what is only there", async () => {
      put(at("here/same"), randomBytes(100_000));
      put(at("here/changed"), "old");
      put(at("there/mine"), "of the other side");
      await host.push(at("here"), at("there"), { signal });
      const before = lstatSync(at("there/same"));
      put(at("here/changed"), "new content");
      const sent: number[] = [];
      await host.push(at("here"), at("there"), { signal, onProgress: (bytes) => sent.push(bytes) });
      expect(readFileSync(at("there/changed"), "utf8")).toBe("new content");
      expect(readFileSync(at("there/mine"), "utf8")).toBe("of the other side");
      expect(lstatSync(at("there/same")).ino).toBe(before.ino);
      expect(Math.max(0, ...sent)).toBeLessThan(20_000);
    });

    test("pushes only the files that it is told", async () => {
      for (const name of ["a", "b/c", "b/d"]) put(at("here", name), name);
      await host.push(at("here"), at("there"), { files: ["b/c", "not there"], signal });
      expect(readdirSync(at("there"), { recursive: true }).sort()).toEqual(["b", "b/c"]);
      await expect(host.push(at("here"), at("there"), { files: ["../a"], signal })).rejects.toThrow();
    });

    test("pulls files with their times, and leaves out what is missing", async () => {
      for (const name of NAMES) put(at("there", name), contentOf(name));
      put(at("here/kept"), "mine");
      await host.pull(at("there"), at("here"), [...NAMES, "no such file"], { signal });
      for (const name of NAMES) {
        expect(readFileSync(fsPath(at("here", name)), "utf8"), name).toBe(contentOf(name));
        expect(statSync(fsPath(at("here", name))).mtimeMs).toBe(1_700_000_000_000);
      }
      expect(readFileSync(at("here/kept"), "utf8")).toBe("mine");
    });

    test("never writes outside through a symbolic link", async () => {
      mkdirSync(at("outside"));
      mkdirSync(at("here"));
      symlinkSync(at("outside"), at("here/data"));
      put(at("there/data/file"), "new");
      await host.pull(at("there"), at("here"), ["data/file"], { signal });
      expect(existsSync(at("outside/file"))).toBe(false);
    });

    test("takes what is equal from what was sent before", async () => {
      const bytes = randomBytes(2_000_000);
      put(at("here/data.bin"), bytes, 1_700_000_500);
      put(at("before/data.bin"), bytes, 1_700_000_500);
      const sent: number[] = [];
      const onProgress = (count: number) => sent.push(count);
      await host.push(at("here"), at("there"), { basis: at("before"), signal, onProgress });
      expect(sha256(readFileSync(at("there/data.bin")))).toBe(sha256(bytes));
      expect(statSync(at("there/data.bin")).ino).not.toBe(statSync(at("before/data.bin")).ino);
      if (host.name !== "this machine") expect(Math.max(0, ...sent)).toBeLessThan(20_000);
    });
  });
}

const AWKWARD = [
  ...["plain", "", " ", "two words", "it's", '"quoted"', "$HOME", "`id`", "$(id)", "a\\b", "\\n", "%s%d%%", "!x", "!!"],
  ...["*", "~", "~root", "-n", "--", "a;b&c|d", "<>", "#", "new\nline", "tab\tcr\r", "\u00e9 \u65e5\u672c \u{1f600}"],
  ...["\x01\x1b[31m", "{a,b}", "[a]", "^x^y", "=ls", "(x)", "\u00a0", "'", "''", "\\'", "'\\''", "'\n!"],
];
const NAMES = [
  ...["plain.txt", "with space", "it's", '"q"', "-rf", "--delete", "new\nline", "caf\u00e9 \u65e5\u672c", "$HOME", "*"],
  ...["a\\b", ".hidden", "deep/er/than that", "semi;colon", "bad \udcff byte", "host:path", "#hash", "tail "],
];

/** Any characters but NUL. */
function randomText(): string {
  const points = [...randomBytes(30)].map((byte) => (byte < 200 ? (byte % 127) + 1 : 0x80 + byte * 37));
  return String.fromCodePoint(...points);
}

const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
const contentOf = (name: string) => JSON.stringify(name);
