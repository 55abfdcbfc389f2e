/** `modeltrail gateway keep NAME`, `serve NAME` and `container`: the processes of a deployment on this machine. Started by `deploy`. */
import { deploymentFolder } from "../../deploy/deploymentFolder";
import { keepGateway } from "../../deploy/gateway/keep";
import { serveGateway } from "../../deploy/gateway/serve";
import { startGatewayProcess, startKeeperOfGateway } from "../../deploy/gateway/start";
import { locateRoot } from "../../store/locate";

export async function keepGatewayCommand(name: string): Promise<void> {
  const place = placeOf(name);
  await keepGateway(place.folder, () => startGatewayProcess(place));
}

/** Ends the process by itself: connections of callers that are kept open would hold it up. */
export async function serveGatewayCommand(name: string): Promise<never> {
  const place = placeOf(name);
  await serveGateway(place.folder, () => startKeeperOfGateway(place));
  process.exit(0);
}

export async function serveContainerCommand(options: { server: string; readyFile: string }): Promise<never> {
  const { ContainerServer, serveContainer } = await import("../../deploy/container/server");
  process.exit(await serveContainer(ContainerServer.parse(JSON.parse(options.server)), options.readyFile));
}

function placeOf(name: string) {
  const { root, folder: storeFolder } = locateRoot(process.cwd());
  return { name, root, storeFolder, folder: deploymentFolder(storeFolder, name) };
}
