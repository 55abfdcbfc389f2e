/** Serving in containers of Docker or Podman on this machine: each version a container, all of them behind the gateway that fronts local ones. */
import * as z from "zod/mini";
import { UserError } from "../../domain/errors";
import { programOf } from "../../targets/container/containerTarget";
import { type ContainerSettings, settingsWords } from "../../targets/container/createArguments";
import { askEngine, createEngine, type Engine } from "../../targets/container/engine";
import { findImage } from "../../targets/container/image";
import { placeOfContainers } from "../../targets/container/startContainer";
import type { Problem } from "../../targets/contract";
import type { ServingHandle, ServingTarget } from "../contract";
import { deploymentFolder } from "../deploymentFolder";
import { ownProgram } from "../gateway/ownProgram";
import type { FindCommand } from "../local/apply";
import { makeLocalServing } from "../local/localServing";
import { serverArguments } from "../local/settings";
import type { MakeServing } from "../targets";
import { BUNDLE_INSIDE, bundleImage } from "./bundleImage";
import { labelOf, removeContainers, removeImages } from "./remove";
import type { ContainerServer } from "./server";

/** Besides what finds the gateway: the images that were built for it. */
const Handle = z.object({ images: z._default(z.array(z.string()), []) });

export interface ContainerOptions {
  /** The `modeltrail` command; default: this very process's. */
  program?: readonly string[];
}

export const makeContainerServing: MakeServing<ContainerSettings> = (name, settings, context) =>
  containerServing(name, settings, context);

/** As `makeContainerServing`, with what tests need to say. */
export function containerServing(
  name: string,
  settings: ContainerSettings,
  context: Parameters<MakeServing<ContainerSettings>>[2],
  options: ContainerOptions = {},
): ServingTarget {
  const { store, env } = context;
  const engine = createEngine({ program: programOf(settings, store.root), context: settings.context, env });
  const label = (deployment: string) => labelOf(store.folder, deployment);

  /** `onBuilt`: told of each image that was built for it. */
  function commandOf(onBuilt: (image: string) => void): FindCommand {
    return async (route, plan, { onStep, signal }) => {
      const { ready } = route;
      const image = await bundleImage(engine, ready, settings, { env, onStep, signal });
      if (!image.isGiven) onBuilt(image.reference);
      const { rootless } = await askEngine(engine, env, signal);
      const mounts = image.isGiven ? [{ from: ready.folder, to: BUNDLE_INSIDE, readOnly: true }] : [];
      const variables = {
        ...settings.env,
        PYTHONPATH: BUNDLE_INSIDE,
        PYTHONUNBUFFERED: "1",
        PYTHONDONTWRITEBYTECODE: "1",
      };
      const labels = [label(plan.name), `modeltrail.version=${route.version}`, `modeltrail.bundle=${ready.hash}`];
      const server: ContainerServer = {
        program: programOf(settings, store.root),
        context: settings.context,
        deployment: plan.name,
        image: image.digest.includes("@") ? image.digest : image.digest.replace(/^sha256:/, ""),
        words: [
          ...["--pull", "never", "--no-healthcheck"],
          ...labels.flatMap((one) => ["--label", one]),
          ...Object.entries(variables).flatMap(([key, value]) => ["--env", `${key}=${value}`]),
          ...settingsWords(settings, placeOfContainers(engine, rootless), mounts),
        ],
        argv: [
          ...[settings.python ?? "python3", "-m", "modeltrail_serve"],
          ...serverArguments({ ...ready, folder: BUNDLE_INSIDE }, plan.settings),
        ],
        hostNetwork: settings.network === "host",
      };
      const modeltrail = ownProgram(deploymentFolder(store.folder, plan.name), options.program);
      return { argv: [...modeltrail, "gateway", "container", "--server", JSON.stringify(server)], env: {} };
    };
  }

  const behind = (onBuilt: (image: string) => void = () => {}) =>
    makeLocalServing(context, { program: options.program, command: commandOf(onBuilt) });
  const { status, access, log } = behind();

  return {
    ...{ name, kind: settings.kind, contract: "mlflow", splits: true, shadows: true, status, access, log },

    async check(plan, signal) {
      return [...(await checkEngine(engine, settings, env, signal)), ...(await behind().check(plan, signal))];
    },

    async apply(plan, apply) {
      const images = new Set(apply.handle ? Handle.parse(apply.handle).images : []);
      const whole = (handle: ServingHandle) => ({ ...handle, images: [...images].sort() });
      // Also those of a version that then does not start are to go with the deployment.
      const onBuilt = (image: string) => {
        images.add(image);
        apply.keep(whole({ name: plan.name, url: apply.handle?.url ?? null }));
      };
      return whole(await behind(onBuilt).apply(plan, { ...apply, keep: (known) => apply.keep(whole(known)) }));
    },

    async undeploy(handle, signal) {
      const deployment = z.object({ name: z.string() }).parse(handle).name;
      await behind().undeploy(handle, signal);
      await removeContainers(engine, label(deployment), signal);
      await removeImages(engine, Handle.parse(handle).images, signal);
    },
  };
}

async function checkEngine(
  engine: Engine,
  settings: ContainerSettings,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  const refuse = (message: string) => problems.push({ severity: "error", message });
  if (settings.network === "none") refuse("A container without a network (`network: none`) can answer nobody.");
  if (settings.build?.file !== undefined || settings.build?.packages !== undefined) {
    refuse("`build.file` and `build.packages` are for jobs: what is served is built by the bundle's own Dockerfile.");
  }
  try {
    const { remote } = await askEngine(engine, env, signal);
    if (remote) refuse(`${engine.name} runs on another machine. Models are served by an engine of this one.`);
    const wanted = settings.build?.base ?? settings.image;
    if (wanted && !(await findImage(engine, wanted, signal))) {
      problems.push({ severity: "warning", message: `The image ${wanted} is not here yet: it is got first.` });
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    refuse(error.message);
  }
  return problems;
}
