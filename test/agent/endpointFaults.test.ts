/** What keeps an endpoint on another machine, when things go wrong there. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { UserError } from "../../src/domain/errors";
import { until } from "../deploy/local";
import { tracerFolder } from "../tracer/python";
import { stubDeployment } from "./endpointDeployment";

test("a change that fails leaves callers the token that they know, also when the process is replaced", async () => {
  const { route, apply, askAll, keeper } = stubDeployment();
  await apply(await route(1), {}, { token: "a token" });
  const refused = new UserError("It answers its sample wrongly.");
  const verify = () => Promise.reject(refused);
  await expect(apply(await route(2), { verify }, { token: null })).rejects.toBe(refused);
  const { live, servers } = keeper();
  process.kill(servers.find(({ id }) => id === live)!.process!.pid, "SIGKILL");
  // Who asks meanwhile waits.
  const answers: unknown[] = [];
  await until(async () => {
    answers.push(await askAll().catch(() => null));
    return answers.at(-1) !== null;
  }, "the one that takes its place");
  expect(answers.at(-1)).toEqual({ version: "1", token: "a token" });
});

test("why it cannot be started there is said in words: an address that is taken, a variable, another machine", async () => {
  const { route, apply, keeper, folder, status } = stubDeployment();
  await apply(await route(1));
  const other = net.createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  onTestFinished(() => void other.close());
  const { port } = other.address() as net.AddressInfo;
  await expect(apply(await route(2), {}, { port })).rejects.toThrow(
    /^Callers cannot come to 127\.0\.0\.1:\d+ on box: Address already in use\. Give/,
  );
  await expect(apply(await route(2), {}, { token: "a\0b" })).rejects.toThrow(
    /^Version 2 does not start on box\. It could not be started: embedded null byte/,
  );
  expect((await status()).state).toBe("live");

  const known = keeper();
  process.kill(known.process.pid, "SIGKILL");
  const hold =
    "import fcntl, sys; file = open(sys.argv[1]); fcntl.flock(file, fcntl.LOCK_EX); print(1, flush=True); sys.stdin.read()";
  const holder = spawn("python3", ["-c", hold, path.join(folder(), "keeper.lock")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  onTestFinished(() => void holder.kill());
  await once(holder.stdout, "data");
  const file = path.join(folder(), "keeper.json");
  const mine = readFileSync(file);
  writeFileSync(file, JSON.stringify({ ...known, process: { ...known.process, boot: "another", host: "login2" } }));
  await expect(apply(await route(2))).rejects.toThrow(/^It runs on login2, and box led to another machine/);
  writeFileSync(file, mine);
  await expect(apply(await route(2))).rejects.toThrow(
    /^Version 2 cannot be started on box\. What keeps it is not there/,
  );
});

test("a target that leads to another machine by now: nothing is taken for gone that answers elsewhere", async () => {
  const { lead, route, check, apply, status, undeploy } = stubDeployment();
  await apply(await route(1));
  lead("other");
  const left = expect.stringMatching(
    /^It was deployed to box, and its target leads to other by now, where nothing of it is/,
  );
  expect(await status()).toMatchObject({ state: "unreachable", detail: left });
  await expect(undeploy()).rejects.toThrow(/^It was deployed to box/);
  expect(await check(await route(2))).toEqual([{ severity: "error", message: left }]);
});

test("a disk that cannot be read for a while is no reason to end, and a number that may be another's is not ended", () => {
  const program = `
import os, subprocess, sys
sys.path[:0] = sys.argv[1:3]
from folder import Folder
from keeper import Keeper
from server import Server, _ending
from serverlog import ServerLog
print([Keeper(Folder(path), "mark").is_removed() for path in sys.argv[3:]])
server = Server(Folder(sys.argv[4]), {"id": "one", "version": 1}, None, ServerLog(os.devnull), "mark", None)
server.process = subprocess.Popen(["true"], start_new_session=True)
server.process.wait()
ended = []
os.killpg = lambda *given: ended.append(given)
while server.look():
    pass
server.kill()
print(server.state, len(ended), _ending(-9), _ending(-40))
`;
  const folder = mkdtempSync(path.join(tmpdir(), "modeltrail-disk-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const loop = path.join(folder, "loop");
  symlinkSync(loop, loop);
  const root = path.dirname(tracerFolder);
  const given = [path.join(root, "endpoint"), path.join(root, "agent"), loop, path.join(folder, "gone")];
  const said = execFileSync("python3", ["-c", program, ...given], { encoding: "utf8" });
  expect(said.split("\n")).toEqual([
    "[False, True]",
    "ended 1 It was ended by SIGKILL, as when memory runs out. It was ended by signal 40.",
    "",
  ]);
});
