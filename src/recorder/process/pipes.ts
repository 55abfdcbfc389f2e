/** Starting the command with a pipe for each stream that is not a terminal of ours. */

import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, constants, openSync } from "node:fs";
import type { Socket } from "node:net";
import { now } from "../clock";
import type { Channels } from "./channels";
import type { CommandEnd, CommandSpec, RunningCommand } from "./command";
import { createForward } from "./forward";
import { drainAlone, settle } from "./leftBehind";
import { openLog } from "./log";
import type { Output } from "./outputs";
import { CommandRefused } from "./refused";
import { startRelays } from "./relay";
import { startWitness } from "./witness";

interface Pipe {
  output: Output;
  /** Null where there are no FIFOs: then Node makes what it calls a pipe. */
  fifo: { path: string; reader: number; writer: number } | null;
}

export async function startWithPipes(
  spec: CommandSpec,
  channels: Channels | null,
  outputs: Output[],
): Promise<RunningCommand> {
  const pipes = outputs.map((output): Pipe => ({ output, fifo: openFifo(channels, output) }));
  const child = await spawnWith(spec, pipes);
  const log = openLog(spec.logPath, spec.onLogError);
  const streams = pipes.map(({ output, fifo }) => ({
    source: fifo?.reader ?? nodePipe(child, output),
    forward: createForward(output),
  }));
  const relays = startRelays(streams, log);
  const witness = startWitness(channels?.maker);

  let endedAt: number | undefined;
  const ended = exitOf(child).then(async ({ exitCode, signal }): Promise<CommandEnd> => {
    endedAt = now();
    witness.stop();
    const leftBehind = await settle(relays, (relay) => {
      const { fifo, output } = pipes[relays.indexOf(relay)]!;
      if (fifo) drainAlone(fifo.path, output, spec.logPath);
      relay.close();
    });
    log.close();
    return { exitCode, signal, lostBytes: log.lostBytes(), leftBehind };
  });
  return {
    pid: child.pid!,
    output: "pipes",
    sawSignal: witness.sawSignal,
    fifos: pipes.flatMap(({ fifo }, i) => (fifo ? [{ path: fifo.path, abandoned: relays[i]!.closed }] : [])),
    endedFor: () => (endedAt === undefined ? 0 : now() - endedAt),
    giveUp() {
      for (const relay of relays) relay.close();
    },
    ended,
  };
}

function openFifo(channels: Channels | null, output: Output): Pipe["fifo"] {
  if (!channels) return null;
  const path = channels.path(output.descriptors[0] === 1 ? "out" : "err");
  try {
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    return { path, reader, writer: openSync(path, constants.O_WRONLY) };
  } catch {
    // Somebody cleaned up the folder for temporary files.
    return null;
  }
}

/** Spawns it and gives up our copies of the writing ends. */
async function spawnWith(spec: CommandSpec, pipes: Pipe[]): Promise<ChildProcess> {
  const [program, ...args] = spec.command;
  const end = (descriptor: 1 | 2) => {
    const pipe = pipes.find(({ output }) => output.descriptors.includes(descriptor))!;
    return pipe.fifo?.writer ?? "pipe";
  };
  // nohup says nothing here: it found that our streams are no terminals when it was run for us.
  const child = spawn(spec.ignoreHangup ? "nohup" : program!, spec.ignoreHangup ? spec.command : args, {
    env: spec.env,
    stdio: ["inherit", end(1), end(2)],
    detached: spec.ownSession,
    windowsHide: false,
  });
  try {
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", reject);
    });
  } catch (error) {
    for (const { fifo } of pipes) if (fifo) closeSync(fifo.reader);
    throw new CommandRefused(program!, (error as NodeJS.ErrnoException).code ?? "ENOENT", { cause: error });
  } finally {
    for (const { fifo } of pipes) if (fifo) closeSync(fifo.writer);
  }
  return child;
}

/** Both streams of a child are sockets of their own: without FIFOs the order between them is only that of arrival. */
function nodePipe(child: ChildProcess, output: Output): Socket {
  return (output.descriptors[0] === 1 ? child.stdout : child.stderr) as Socket;
}

function exitOf(child: ChildProcess): Promise<{ exitCode: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((resolve) => child.once("exit", (exitCode, signal) => resolve({ exitCode, signal })));
}
