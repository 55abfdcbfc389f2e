/** Docker and Podman: each job a container of its own, which sees the job's folder on this machine, or, on an engine elsewhere, gets a copy. */
import os from "node:os";
import path from "node:path";
import { UserError } from "../../domain/errors";
import { findPython } from "../../recorder/process/findPython";
import { storeFolder } from "../../store/locate";
import type { JobPlan, Problem, Target } from "../contract";
import { createLocalHost } from "../host/local";
import { agentCommand } from "../jobFolder/agent";
import type { Place } from "../jobFolder/contract";
import { createJobFolder } from "../jobFolder/jobFolder";
import type { MakeTarget } from "../registry";
import { collectStream } from "../stream/collectStream";
import { followStream } from "../stream/followStream";
import { isCopied, logOf, submitCopied } from "./copied";
import { type ContainerSettings, containerName } from "./createArguments";
import { askEngine, createEngine, type Engine } from "./engine";
import { findImage, type Image, nameOf } from "./image";
import { containerStatus, removeContainer, stopContainer } from "./lifecycle";
import { prepareImage } from "./prepareImage";
import { startContainer } from "./startContainer";

/** Where the job's folder and the agent's programs are in the container. */
const INSIDE = { folder: "/modeltrail/job", agent: "/modeltrail/programs" };
/** Under it the command, and with it the run, knows what it runs in. */
const IMAGE_VARIABLE = "MODELTRAIL_IMAGE";

export const makeContainerTarget: MakeTarget<ContainerSettings> = (name, settings, { root, env }) => {
  const engine = createEngine({ program: programOf(settings, root), context: settings.context, env });
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
      const { folder: store } = storeFolder(root, env);
      const image = await prepareImage(engine, plan, settings, { env, storeFolder: store, onProgress, signal });
      const { remote, rootless } = await askEngine(engine, env, signal);
      const known = { ...plan, env: { ...plan.env, [IMAGE_VARIABLE]: nameOf(image) } };
      if (remote) return submitCopied(engine, known, { settings, image, rootless, keep, onProgress, signal });
      const begin = (place: Place, options: { signal: AbortSignal }) =>
        beginMounted(engine, { plan, place, settings, image, rootless }, options.signal);
      return createJobFolder({ ...shared, start: begin }).submit(known, { keep, onProgress, signal });
    },

    follow: (plan, handle, options) =>
      isCopied(handle)
        ? followStream(plan, logOf(engine, name, plan.id), options)
        : createJobFolder({ ...shared, watch: (signal) => containerStatus(engine, plan.id, signal) }).follow(
            plan,
            handle,
            options,
          ),

    collect: (plan, handle, signal) =>
      isCopied(handle) ? collectStream(plan, name) : jobs.collect(plan, handle, signal),

    async cancel(plan, handle, signal) {
      if (isCopied(handle)) return stopContainer(engine, plan.id, signal);
      // First the agent is told, so that a container that is not there yet will not begin, and one that runs knows why it ends.
      if (!(await jobs.cancel(plan, handle, signal))) await stopContainer(engine, plan.id, signal);
    },

    async clean(plan, handle, signal) {
      await removeContainer(engine, plan.id, signal);
      if (!isCopied(handle)) await jobs.clean(plan, handle, signal);
    },
  };
  return target;
};

/** A path is from the project's folder. */
export function programOf({ program, kind }: ContainerSettings, root: string): string {
  if (program === undefined) return kind;
  return /[\\/]/.test(program) ? path.resolve(root, program) : program;
}

async function checkEngine(
  engine: Engine,
  settings: ContainerSettings,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<Problem[]> {
  try {
    await askEngine(engine, env, signal);
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
  rootless: boolean;
}

async function beginMounted(
  engine: Engine,
  { plan, place, settings, image, rootless }: Beginning,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const argv = agentCommand({ ...INSIDE, python: settings.python ?? "python3" }, "run");
  const mounts = [
    { from: place.folder, to: INSIDE.folder },
    { from: programsBeside(place), to: INSIDE.agent, readOnly: true },
  ];
  await startContainer(engine, { plan, settings, image, rootless, argv, mounts, folder: place.folder }, signal);
  return { container: containerName(plan.id), image: nameOf(image) };
}

/** `place.folder` is absolute, and the programs are beside it. */
const programsBeside = ({ folder, agent }: Place) => path.join(path.dirname(folder), path.posix.basename(agent));
