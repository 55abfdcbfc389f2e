/** Signals, job control and what outlives a command: as without recording, each signal exactly once. */
import { spawn } from "node:child_process";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import {
  baseEnvironment,
  makeProject,
  python,
  recorded,
  runSession,
  type Step,
  type StreamKind,
  useCli,
  withStore,
} from "./cli";
import * as scripts from "./identityScripts";

useCli();

const PIPES: [StreamKind, StreamKind, StreamKind] = ["pipe", "pipe", "pipe"];
const TERMINAL: [StreamKind, StreamKind, StreamKind] = ["tty", "tty", "tty"];
const MIXED: [StreamKind, StreamKind, StreamKind] = ["tty", "pipe", "tty"];
const NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGUSR1: 10, SIGUSR2: 12, SIGTERM: 15 };

const text = (bytes: Buffer) => bytes.toString("latin1");
const logOf = (folder: string) =>
  withStore(folder, (store) => readFileSync(store.logPath(store.resolveRun("latest")), "latin1"));
const runOf = (folder: string) => withStore(folder, (store) => store.getRun(store.resolveRun("latest"))!);

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    if (tries > 500) throw new Error("waited in vain");
    await wait(20);
  }
}

describe.skipIf(process.platform === "win32")("signals", () => {
  for (const streams of [PIPES, TERMINAL, MIXED]) {
    test.each([
      ["to the recorder alone", "signal"],
      ["to the whole process group", "group"],
    ] as const)(`each arrives once, sent %s, ${streams.join(", ")}`, async (_, target) => {
      const folder = makeProject({ "main.py": scripts.countSignals });
      const steps: Step[] = [{ await: "ready" }];
      for (const number of Object.values(NUMBERS)) {
        steps.push({ [target]: number } as Step, { await: `got ${number}` }, { pause: 0.3 });
      }
      const result = await runSession({ command: recorded([python, "main.py"]), cwd: folder, streams, steps });
      const counts = Object.values(NUMBERS).map((number) => `(${number}, 1)`);
      expect(text(streams[1] === "tty" ? result.tty : result.out)).toContain(`[${counts.join(", ")}]`);
      expect(result).toMatchObject({ code: 12, signal: null });
    });
  }

  test("Ctrl-C and Ctrl-\\ arrive once", async () => {
    const folder = makeProject({ "main.py": scripts.countSignals });
    const steps: Step[] = [
      ...[["\x03", 2] as const, ["\x1c", 3] as const].flatMap(([key, number]) => [
        { await: number === 2 ? "ready" : "got 2" },
        { send: key },
        { await: `got ${number}` },
        { pause: 0.3 },
      ]),
      { signal: NUMBERS.SIGTERM },
    ];
    const result = await runSession({ command: recorded([python, "main.py"]), cwd: folder, streams: TERMINAL, steps });
    expect(text(result.tty)).toContain("[(2, 1), (3, 1), (15, 1)]");
  });

  test("a reader who takes his time does not keep the recorder from dying", async () => {
    const folder = makeProject();
    const [program, ...args] = recorded(["yes"]);
    const child = spawn(program!, args, {
      cwd: folder,
      env: baseEnvironment(folder),
      stdio: ["ignore", "pipe", "ignore"],
    });
    const exit = new Promise<[number | null, string | null]>((resolve) => child.once("exit", (...end) => resolve(end)));
    // Until both pipes are full.
    let size = -1;
    await until(
      () =>
        existsSync(join(folder, ".modeltrail/db.sqlite")) && withStore(folder, (store) => store.running().length > 0),
    );
    for (let now = 0; now !== size || now === 0; now = logOf(folder).length) {
      size = now;
      await wait(200);
    }
    child.kill("SIGTERM");
    await wait(500);
    child.kill("SIGTERM");
    expect(await exit).toEqual([null, "SIGTERM"]);
    expect(runOf(folder)).toMatchObject({ status: "killed", signal: "SIGTERM" });
  });

  test("a reader that goes away ends the command", async () => {
    const folder = makeProject({ "main.py": "i = 0\nwhile True:\n    print(i)\n    i += 1\n" });
    const session = { cwd: folder, steps: [{ await: "100" }, { close: 1 }] satisfies Step[] };
    const bare = await runSession({ ...session, command: [python, "main.py"] });
    const ours = await runSession({ ...session, command: recorded([python, "main.py"]) });
    expect(ours.code).toBe(bare.code);
    expect(text(ours.err)).toBe(text(bare.err));
  });
});

/** An interactive shell in which `./go` is the command, recorded or not: then the two differ in nothing. */
async function inShell(folder: string, command: string[], steps: Step[]): Promise<string> {
  writeFileSync(join(folder, "go"), `#!/bin/sh\nexec ${command.join(" ")}\n`);
  chmodSync(join(folder, "go"), 0o755);
  const shell = ["bash", "--norc", "--noprofile", "--noediting", "-i"];
  const result = await runSession({
    command: shell,
    cwd: folder,
    streams: TERMINAL,
    steps,
    env: { PS1: "$ ", HISTFILE: "" },
  });
  return text(result.tty).replaceAll(/\[1\] \d+/g, "[1] PID");
}

/** With the prompt behind it: what is typed before the shell asks may be dropped. */
const STOPPED = "Stopped                 ./go\r\n$ ";

const continued = `
import os, signal, time
def go_on(*_):
    os.write(1, b"continued\\n")
    os._exit(5)
signal.signal(signal.SIGCONT, go_on)
os.write(1, b"ready\\n")
while True:
    time.sleep(0.05)
`;

describe.skipIf(process.platform === "win32")("job control in a shell", () => {
  // What is typed ahead is echoed sooner or later: each line waits for the prompt.
  test.each([
    [
      "Ctrl-Z and fg",
      [
        { await: "$ " },
        { send: "./go\n" },
        { await: "ready" },
        { send: "\x1a" },
        { await: STOPPED },
        { send: "fg\n" },
        { await: "continued\r\n$ " },
        { send: "echo code $?\n" },
        { await: "code 5\r\n$ " },
        { send: "exit\n" },
      ],
    ],
    [
      "Ctrl-Z and bg",
      [
        { await: "$ " },
        { send: "./go\n" },
        { await: "ready" },
        { send: "\x1a" },
        { await: STOPPED },
        { send: "bg; wait %1; echo code $?\n" },
        { await: "code 5\r\n$ " },
        { send: "exit\n" },
      ],
    ],
    [
      "started in the background, where Ctrl-C does not reach it",
      [
        { await: "$ " },
        { send: "./go & sleep 3\n" },
        { await: "ready" },
        { send: "\x03" },
        { await: "^C\r\n$ " },
        { send: "kill -CONT %1; wait %1; echo code $?\n" },
        { await: "code 5\r\n$ " },
        { send: "exit\n" },
      ],
    ],
  ] as [string, Step[]][])("%s", async (_, steps) => {
    const folder = makeProject({ "main.py": continued });
    const bare = await inShell(folder, [python, "main.py"], steps);
    expect(await inShell(folder, recorded([python, "main.py"]), steps)).toBe(bare);
    expect(runOf(folder)).toMatchObject({ status: "failed", exitCode: 5 });
  });
});

describe.skipIf(process.platform === "win32")("streams that are shared", () => {
  const flags = "import fcntl, os; print([fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_NONBLOCK for fd in (0, 1, 2)])";

  test.each([[PIPES], [TERMINAL], [MIXED]])(
    "stay blocking while and after a command is recorded: %j",
    async (streams) => {
      const folder = makeProject({ "main.py": "import time\nprint('ready', flush=True)\ntime.sleep(1)\n" });
      // Looks at them beside the recorder, from outside the command, and once more when it is over; dies by a signal or not.
      const script = `(sleep 0.7; ${python} -c "$1") & shift; "$@"; wait`;
      const command = ["sh", "-c", `${script}; ${python} -c "$0"`, flags, flags, ...recorded([python, "main.py"])];
      const result = await runSession({ command, cwd: folder, streams });
      const printed = text(streams[1] === "tty" ? result.tty : result.out);
      expect(printed.match(/\[.*\]/g)).toEqual(["[0, 0, 0]", "[0, 0, 0]"]);
    },
  );
});

describe.skipIf(process.platform === "win32")("what outlives", () => {
  const daemon = ["sh", "-c", "(sleep 1; echo late; echo later) & echo now"];

  test.each(["pipe", "file"] as const)(
    "a process left behind goes on printing, to a %s and to the log",
    async (kind) => {
      const folder = makeProject();
      const steps: Step[] = kind === "pipe" ? [{ await: "late" }] : [];
      const result = await runSession({
        command: recorded(daemon),
        cwd: folder,
        streams: ["null", kind, "pipe"],
        steps,
      });
      expect(result.code).toBe(0);
      expect(runOf(folder).status).toBe("finished");
      await until(() => logOf(folder) === "now\nlate\nlater\n");
      if (kind === "pipe") expect(text(result.out)).toMatch(/^now\nlate\n/);
    },
  );

  test("a process left behind goes on printing on the terminal", async () => {
    const folder = makeProject({ daemon: `${daemon[2]}\n` });
    const steps: Step[] = [{ await: "$ " }, { send: "./go\n" }, { await: "later\r\n" }, { send: "exit\n" }];
    const bare = await inShell(folder, ["sh", "daemon"], steps);
    expect(await inShell(folder, recorded(["sh", "daemon"]), steps)).toBe(bare);
    await until(() => logOf(folder) === "now\nlate\nlater\n");
  });

  test("the run ends when its command does, not when processes left behind do", async () => {
    const folder = makeProject();
    const command = recorded(["sh", "-c", "sleep 30 & echo $!"]);
    const started = performance.now();
    const result = await runSession({ command, cwd: folder });
    process.kill(Number(text(result.out)), "SIGKILL");
    expect(performance.now() - started).toBeLessThan(25_000);
  });

  test("a run under nohup survives a hangup", async () => {
    const folder = makeProject({
      "main.py": "import time\nprint('ready', flush=True)\ntime.sleep(1.5)\nprint('survived', flush=True)\n",
    });
    const nohup = ["bash", "-c", 'nohup "$@"; echo code $?', "bash", ...recorded([python, "main.py"])];
    const steps: Step[] = [{ await: "ready" }, { group: NUMBERS.SIGHUP }, { await: "survived" }];
    // The shell itself is to die, or not, as it likes.
    const result = await runSession({
      command: ["sh", "-c", 'trap "" HUP; exec "$@"', "sh", ...nohup],
      cwd: folder,
      steps,
    });
    expect(text(result.out)).toContain("survived");
    await until(() => runOf(folder).status === "finished");
  });

  test("with --keep-on-hangup a run goes on when its terminal is closed", async () => {
    const folder = makeProject({
      "main.py":
        "import time\nprint('ready', flush=True)\nfor i in range(20):\n    print('step', i, flush=True)\n    time.sleep(0.05)\nprint('done', flush=True)\n",
    });
    const command = recorded([python, "main.py"], ["--keep-on-hangup"]);
    const result = await runSession({
      command,
      cwd: folder,
      streams: TERMINAL,
      steps: [{ await: "step 2" }, { hangup: true }],
    });
    expect(result.code).toBe(0);
    expect(runOf(folder)).toMatchObject({ status: "finished", exitCode: 0 });
    expect(logOf(folder)).toMatch(/^ready\nstep 0\n(?:.*\n)*step 19\ndone\n$/);
  });

  test("with --keep-on-hangup Ctrl-C still interrupts", async () => {
    const folder = makeProject({ "main.py": scripts.waitForSignal });
    const command = recorded([python, "main.py"], ["--keep-on-hangup"]);
    const result = await runSession({
      command,
      cwd: folder,
      streams: TERMINAL,
      steps: [{ await: "ready" }, { send: "\x03" }],
    });
    expect(result).toMatchObject({ code: null, signal: 2 });
    expect(text(result.tty)).toContain("KeyboardInterrupt");
  });
});
