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
import { ImagesOfHandle, type ServedImages, servedImages } from "./servedImages";
import type { ContainerServer } from "./server";

const REMOVE_MS = 60_000;

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

  /** `onImage`: told of what is served in which image. */
  function commandOf(images: ServedImages, onImage: () => void): FindCommand {
    return async (route, plan, { onStep, signal }) => {
      const { ready } = route;
      const how = { env, onStep, signal };
      const image = (await images.again(engine, route, how)) ?? (await bundleImage(engine, ready, settings, how));
      images.note(route, image);
      onImage();
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

  const behind = (command?: FindCommand) => makeLocalServing(context, { program: options.program, command });
  const { status, access, log } = behind();

  return {
    ...{ name, kind: settings.kind, contract: "mlflow", splits: true, shadows: true, status, access, log },

    async check(plan, signal) {
      return [...(await checkEngine(engine, settings, env, signal)), ...(await behind().check(plan, signal))];
    },

    async apply(plan, apply) {
      const images = servedImages(settings, plan.fresh ?? [], apply);
      const keep = (known: ServingHandle) => apply.keep(images.whole(known));
      // Also those of a version that then does not start are to go with the deployment.
      const onImage = () => keep({ name: plan.name, url: apply.handle?.url ?? null });
      try {
        return images.whole(await behind(commandOf(images, onImage)).apply(plan, { ...apply, keep }));
      } catch (error) {
        // What is served until now knows nothing of them.
        await removeImages(engine, images.made, AbortSignal.timeout(REMOVE_MS)).catch(() => {});
        throw error;
      }
    },

    async undeploy(handle, signal) {
      const deployment = z.object({ name: z.string() }).parse(handle).name;
      await behind().undeploy(handle, signal);
      await removeContainers(engine, label(deployment), signal);
      await removeImages(engine, ImagesOfHandle.parse(handle).images, signal);
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
