/** Docker and Podman: each job a container of its own, which sees the job's folder on this machine. */
import { existsSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { UserError } from "../../domain/errors";
import { findPython } from "../../recorder/process/findPython";
import { storeFolder } from "../../store/locate";
import type { JobPlan, Problem, Target, TargetStatus } from "../contract";
import { createLocalHost } from "../host/local";
import { agentCommand } from "../jobFolder/agent";
import type { Place } from "../jobFolder/contract";
import { createJobFolder } from "../jobFolder/jobFolder";
import type { MakeTarget } from "../registry";
import { type ContainerSettings, containerName, createArguments } from "./createArguments";
import { askEngine, createEngine, type Engine, EngineError } from "./engine";
import { findImage, type Image } from "./image";
import { prepareImage } from "./prepareImage";
import { endOfContainer, inspectContainer, isOver, isUnstarted } from "./state";

/** Where the job's folder and the agent's programs are in the container. */
const INSIDE = { folder: "/modeltrail/job", agent: "/modeltrail/programs" };
/** The agent gives its command two graces of 5 s, and puts away what it knows. */
const STOP_SECONDS = 20;
/** Under it the command, and with it the run, knows what it runs in. */
const IMAGE_VARIABLE = "MODELTRAIL_IMAGE";

export const makeContainerTarget: MakeTarget<ContainerSettings> = (name, settings, { root, env }) => {
  const engine = createEngine({ program: settings.program ?? settings.kind, context: settings.context, env });
  const host = createLocalHost(env);
  const python = findPython(env, []) ?? "python3";
  const folder = path.join(env.HOME ?? os.homedir(), ".modeltrail", "jobs");
  const shared = { host, python, folder };
  const jobs = createJobFolder(shared);
  const { slots, costPerHour } = settings;

  const target: Target = {
    name,
    kind: settings.kind,
    ...(slots === undefined ? {} : { slots }),
    ...(costPerHour === undefined ? {} : { costPerHour }),
    enforces: ["seconds", "memory"],

    check: (_plan, signal) => checkEngine(engine, settings, env, signal),

    async submit(plan, { keep, onProgress, signal }) {
      const cacheFolder = path.join(storeFolder(root, env).folder, "cache");
      const image = await prepareImage(engine, plan, settings, { env, cacheFolder, onProgress, signal });
      const known = { ...plan, env: { ...plan.env, [IMAGE_VARIABLE]: nameOf(image) } };
      const begin = (place: Place, options: { signal: AbortSignal }) =>
        startContainer(engine, { plan, place, settings, image, env }, options.signal);
      return createJobFolder({ ...shared, start: begin }).submit(known, { keep, onProgress, signal });
    },

    follow: (plan, handle, options) =>
      createJobFolder({ ...shared, watch: (signal) => containerStatus(engine, plan.id, signal) }).follow(
        plan,
        handle,
        options,
      ),

    collect: jobs.collect,

    async cancel(plan, handle, signal) {
      // So that a container that is not there yet will not begin; and one that runs hears of it kindly.
      const [over] = await Promise.all([jobs.cancel(plan, handle, signal), stopContainer(engine, plan.id, signal)]);
      if (!over) await stopContainer(engine, plan.id, signal);
    },

    async clean(plan, handle, signal) {
      await removeContainer(engine, plan.id, signal);
      await jobs.clean(plan, handle, signal);
    },
  };
  return target;
};

/** "registry/name@sha256:…", or, of an image that no registry has, "name@sha256:…" by its id. */
const nameOf = ({ reference, digest }: Image) => (digest.includes("@") ? digest : `${reference}@${digest}`);

async function checkEngine(
  engine: Engine,
  settings: ContainerSettings,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<Problem[]> {
  try {
    const { remote } = await askEngine(engine, env, signal);
    if (remote) {
      const message = `The containers of ${engine.name} are on another machine, which has none of the files here. Use a target of the kind "ssh" for it, or an engine of this machine.`;
      return [{ severity: "error", message }];
    }
    if (settings.image && !settings.build && !(await findImage(engine, settings.image, signal))) {
      return [{ severity: "warning", message: `The image ${settings.image} is not here yet: it is got first.` }];
    }
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [{ severity: "error", message: error.message }];
  }
}

interface Beginning {
  plan: JobPlan;
  place: Place;
  settings: ContainerSettings;
  image: Image;
  env: NodeJS.ProcessEnv;
}

/** Makes and starts the job's container, as far as that was not done. */
async function startContainer(
  engine: Engine,
  { plan, place, settings, image, env }: Beginning,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const name = containerName(plan.id);
  let container = await inspectContainer(engine, name, signal);
  if (!container) {
    const { rootless } = await askEngine(engine, env, signal);
    const { uid, gid } = { uid: process.getuid?.(), gid: process.getgid?.() };
    const words = createArguments(
      plan,
      settings,
      {
        isPodman: engine.isPodman,
        rootless,
        user: uid === undefined || gid === undefined ? undefined : { uid, gid },
        labelled: existsSync("/sys/fs/selinux/enforce"),
      },
      {
        image: image.reference,
        argv: agentCommand({ ...INSIDE, python: settings.python ?? "python3" }, "run"),
        mounts: [
          { from: place.folder, to: INSIDE.folder },
          { from: programsBeside(place), to: INSIDE.agent, readOnly: true },
        ],
      },
    );
    await engine.run(["container", "create", ...words], { signal });
    container = await inspectContainer(engine, name, signal);
  }
  if (container && isUnstarted(container)) {
    try {
      await engine.run(["container", "start", name], { signal });
    } catch (error) {
      await removeContainer(engine, plan.id, AbortSignal.timeout(STOP_SECONDS * 1000));
      throw error instanceof EngineError ? new UserError(explainStart(error, settings, image)) : error;
    }
  }
  return { container: name, image: nameOf(image) };
}

/** `place.folder` is absolute, and the programs are beside it. */
const programsBeside = ({ folder, agent }: Place) => path.join(path.dirname(folder), path.posix.basename(agent));

function explainStart(error: EngineError, { python = "python3" }: ContainerSettings, { reference }: Image): string {
  if (/executable file.*not found|no such file or directory/i.test(error.said) && error.said.includes(python)) {
    return `The image ${reference} has no ${python}. Jobs need Python 3.8 or newer in it: name another with \`python\`, or another image.`;
  }
  return error.message;
}

async function containerStatus(engine: Engine, job: string, signal: AbortSignal): Promise<TargetStatus> {
  const container = await inspectContainer(engine, containerName(job), signal);
  if (!container) return { state: "gone", reason: "its container was removed" };
  if (isUnstarted(container)) return { state: "waiting", reason: null };
  return isOver(container) ? endOfContainer(container) : { state: "running" };
}

async function stopContainer(engine: Engine, job: string, signal: AbortSignal): Promise<void> {
  const name = containerName(job);
  const container = await inspectContainer(engine, name, signal);
  if (!container || isOver(container)) return;
  if (isUnstarted(container)) return removeContainer(engine, job, signal);
  try {
    await engine.run(["container", "stop", "--time", String(STOP_SECONDS), name], { signal });
  } catch (error) {
    const now = await inspectContainer(engine, name, signal);
    if (now && !isOver(now)) throw error;
  }
}

/** It, and what it left in anonymous volumes. */
async function removeContainer(engine: Engine, job: string, signal: AbortSignal): Promise<void> {
  const name = containerName(job);
  if (!(await inspectContainer(engine, name, signal))) return;
  try {
    await engine.run(["container", "rm", "--force", "--volumes", name], { signal });
  } catch (error) {
    if (await inspectContainer(engine, name, signal)) throw error;
  }
}
