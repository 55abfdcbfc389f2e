/** A command gives the same bytes, ends in the same way and sees the same streams with and without recording. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  makeProject,
  python,
  recorded,
  runSession,
  type Session,
  type SessionResult,
  type StreamKind,
  useCli,
  withStore,
} from "./cli";
import * as scripts from "./identityScripts";

useCli();

interface Case extends Omit<Session, "command" | "cwd"> {
  name: string;
  /** A Python program, or a command line. */
  run: string | string[];
  files?: Record<string, string | Buffer>;
  /** Takes out of the output what differs between any two runs. */
  normalize?(text: string): string;
}

const SIGINT = 2;
const SIGTERM = 15;
const PIPES: [StreamKind, StreamKind, StreamKind] = ["pipe", "pipe", "pipe"];
const TERMINAL: [StreamKind, StreamKind, StreamKind] = ["tty", "tty", "tty"];

const allCombinations = (["tty", "pipe"] as const).flatMap((input) =>
  (["tty", "pipe"] as const).flatMap((output) =>
    (["tty", "pipe"] as const).map((error) => [input, output, error] as const),
  ),
);

const cases: Case[] = [
  ...allCombinations.map(
    (streams): Case => ({ name: `streams: ${streams.join(", ")}`, run: scripts.streams, streams: [...streams] }),
  ),
  { name: "streams: output to a file, error to the same", run: scripts.streams, streams: ["null", "file", "same"] },
  {
    name: "streams: output to /dev/null, error to the terminal",
    run: scripts.streams,
    streams: ["tty", "null", "tty"],
  },
  { name: "what a process inherits", run: scripts.inherited },
  { name: "what a process inherits on a terminal", run: scripts.inherited, streams: TERMINAL },
  {
    name: "text on both streams",
    run: "import sys\nprint('ä out')\nprint('err', file=sys.stderr)\nprint('no newline', end='')",
  },
  {
    name: "every byte there is",
    run: "import os\nfor i in range(300): os.write(1, bytes(range(256)) * 7)\nos.write(2, b'\\xff\\xfe\\x00')",
  },
  {
    name: "every byte there is, on a terminal",
    run: "import os\nos.write(1, bytes(range(256)))\nos.write(2, b'\\xff\\xfe\\x00\\n\\r\\n')",
    streams: TERMINAL,
  },
  {
    name: "text that is not UTF-8",
    run: "import sys\nsys.stdout.buffer.write('Stra\\xdfe\\n'.encode('latin1') * 100)",
  },
  { name: "both streams into one file keep their order", run: scripts.interleaved, streams: ["null", "file", "same"] },
  { name: "both streams into one pipe keep their order", run: scripts.interleaved, streams: ["null", "pipe", "same"] },
  { name: "both streams on the terminal keep their order", run: scripts.interleaved, streams: TERMINAL },
  ...[0, 1, 2, 41, 126, 255].map((code): Case => ({ name: `exit code ${code}`, run: `raise SystemExit(${code})` })),
  { name: "exit with a message", run: "import sys\nsys.exit('no data')" },
  { name: "exit with a message, on a terminal", run: "import sys\nsys.exit('no data')", streams: TERMINAL },
  {
    name: "os._exit with unflushed output",
    run: "import os\nprint('flushed', flush=True)\nprint('lost')\nos._exit(7)",
  },
  { name: "an exception nobody handles", run: "def f(x):\n    return 1 / x\nprint('before')\nf(0)" },
  { name: "a syntax error", run: "def f(:" },
  ...["SIGTERM", "SIGKILL", "SIGINT", "SIGHUP", "SIGSEGV", "SIGPIPE", "SIGUSR1", "SIGALRM"].map(
    (signal): Case => ({
      name: `death by ${signal}`,
      run: `import os, signal\nprint('before', flush=True)\nsignal.signal(signal.${signal}, signal.SIG_DFL) if '${signal}' != 'SIGKILL' else 0\nos.kill(os.getpid(), signal.${signal})`,
    }),
  ),
  {
    name: "death by SIGTERM on a terminal",
    run: "import os, signal\nprint('x', flush=True)\nos.kill(os.getpid(), signal.SIGTERM)",
    streams: TERMINAL,
  },
  {
    name: "input from a pipe",
    run: "import sys\nfor line in sys.stdin: print(line.upper(), end='')",
    input: Buffer.from("one\ntwo\nlast"),
  },
  {
    name: "a megabyte of input",
    run: "import sys, hashlib\nprint(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())",
    input: Buffer.alloc(1 << 20, "x\n"),
  },
  { name: "input that is not read", run: "print('no thanks')", input: Buffer.alloc(1 << 20, "x") },
  {
    name: "input typed on a terminal",
    run: "name = input('name? ')\nprint('hello', name)",
    streams: TERMINAL,
    steps: [{ await: "name? " }, { send: "Ada\n" }],
  },
  {
    name: "a password asked for while input and output are pipes",
    run: "import getpass\nprint(len(getpass.getpass()))",
    streams: ["pipe", "pipe", "tty"],
    steps: [{ await: "Password: " }, { send: "secret\n" }],
  },
  { name: "a progress bar", run: scripts.progress, streams: TERMINAL, size: [24, 100] },
  {
    name: "a progress bar while output is a file",
    run: scripts.progress.replace("os.get_terminal_size())", "'')"),
    streams: ["tty", "file", "tty"],
    size: [24, 60],
  },
  {
    name: "a program that draws on the whole screen",
    run: scripts.curses,
    streams: TERMINAL,
    steps: [{ await: "press" }, { send: "q" }],
  },
  {
    name: "a window that changes its size",
    run: scripts.onResize,
    streams: TERMINAL,
    steps: [{ await: "ready" }, { resize: [50, 132] }, { await: "last" }],
    // The signal may be there before the command's own terminal has its new size, and then comes twice.
    normalize: (text) => text.replaceAll(/(?:size [^\n]*\n)*size [^\n]*columns=132, lines=50[^\n]*\n/g, "resized\n"),
  },
  ...["fork", "spawn", "forkserver"].map(
    (method): Case => ({ name: `workers by ${method}`, run: scripts.family(method) }),
  ),
  ...["fork", "spawn"].map(
    (method): Case => ({ name: `workers by ${method}, on a terminal`, run: scripts.family(method), streams: TERMINAL }),
  ),
  {
    name: "one line of 64 MiB",
    run: "import sys\nsys.stdout.write('x' * (64 << 20) + '\\n')",
    streams: ["null", "file", "pipe"],
  },
  { name: "Ctrl-C", run: scripts.waitForSignal, streams: TERMINAL, steps: [{ await: "ready" }, { send: "\x03" }] },
  {
    name: "Ctrl-C while output is a pipe",
    run: scripts.waitForSignal,
    streams: ["tty", "pipe", "pipe"],
    steps: [{ await: "ready" }, { send: "\x03" }],
  },
  { name: "Ctrl-\\", run: scripts.waitForSignal, streams: TERMINAL, steps: [{ await: "ready" }, { send: "\x1c" }] },
  ...[PIPES, TERMINAL].flatMap((streams): Case[] => [
    {
      name: `kill -INT, ${streams[1]}`,
      run: scripts.waitForSignal,
      streams,
      steps: [{ await: "ready" }, { signal: SIGINT }],
    },
    {
      name: `kill -TERM, ${streams[1]}`,
      run: scripts.waitForSignal,
      streams,
      steps: [{ await: "ready" }, { signal: SIGTERM }],
    },
  ]),
  {
    name: "the terminal is closed",
    run: "import signal, sys, time\ndef up(*_):\n    open('hup', 'a').write('x')\n    sys.exit(9)\nsignal.signal(signal.SIGHUP, up)\nprint('ready', flush=True)\nwhile True: time.sleep(0.05)",
    streams: TERMINAL,
    steps: [{ await: "ready" }, { hangup: true }],
  },
  { name: "a command that reads from a reader that goes away", run: ["sh", "-c", "yes | head -n 3"] },
  { name: "a program that does not exist", run: ["no-such-program", "x"] },
  { name: "a program without permission", run: ["./plain.txt"], files: { "plain.txt": "x" } },
  { name: "a script without an interpreter line", run: ["./script"], files: { script: "echo from sh\n" } },
];

/** Where an interrupt finds the program is left to chance. */
function withoutPlaces(text: string): string {
  return text.replaceAll(/ {2}File [^\n]*\n(?: {4}[^\n]*\n)+/g, "  File …\n");
}

/** A shell's words for a command that cannot be started are not compared: each shell has its own. */
const refused = (name: string) => /does not exist|without permission/.test(name);

describe.skipIf(process.platform === "win32")("identity", () => {
  test.each(cases)("$name", async ({ name, run, files, normalize = withoutPlaces, ...session }) => {
    const folder = makeProject({ ...files, ...(typeof run === "string" ? { "main.py": run } : {}) });
    if (files?.script) (await import("node:fs")).chmodSync(join(folder, "script"), 0o755);
    const command = typeof run === "string" ? [python, "main.py"] : run;
    const comparable = (result: SessionResult) => ({
      ...result,
      tty: normalize(result.tty.toString("latin1")),
      out: normalize(result.out.toString("latin1")),
      err: refused(name) ? "" : normalize(result.err.toString("latin1")),
    });
    const bare = refused(name)
      ? await runSession({ ...session, command: ["sh", "-c", '"$@"', "sh", ...command], cwd: folder })
      : await runSession({
          ...session,
          command: command[0] === "./script" ? ["sh", ...command] : command,
          cwd: folder,
        });
    const ours = await runSession({ ...session, command: recorded(command), cwd: folder });
    expect(comparable(ours)).toEqual(comparable(bare));
    const run_ = withStore(folder, (store) => store.getRun(store.resolveRun("latest"))!);
    expect(run_.status).toBe(bare.signal !== null ? "killed" : bare.code === 0 ? "finished" : "failed");
    expect(run_.exitCode).toBe(bare.code);
  });
});
