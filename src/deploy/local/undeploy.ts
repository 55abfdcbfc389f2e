/** Taking a deployment of this machine away, whatever of it still lives. Its prediction log stays: it is the user's. */
import { rmSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { UserError } from "../../domain/errors";
import { isLocked } from "../../store/fileLock";
import { gatewayClient } from "../gateway/client";
import { endProcess } from "../gateway/endProcess";
import { placesIn, readControlFile, readGatewayFile } from "../gateway/files";

/** What a gateway gets to answer those whom it has, and to end its servers. */
const STOP_MS = 90_000;
/** What the gateway's processes get to notice that nothing is to be served any more. */
const END_MS = 15_000;
const GRACE_MS = 5_000;
const POLL_MS = 50;

/** `folder`: the deployment's. Throws UserError when a process does not end. */
export async function undeploy(folder: string, signal: AbortSignal): Promise<void> {
  const places = placesIn(folder);
  const file = readGatewayFile(folder);
  const control = readControlFile(folder);
  try {
    await gatewayClient(folder).stop(AbortSignal.any([signal, AbortSignal.timeout(STOP_MS)]));
  } catch {
    // It is dead, or hangs: then it is ended like any other process.
    signal.throwIfAborted();
  }
  // From now on nobody starts it again.
  rmSync(places.gateway, { force: true });
  for (const end = Date.now() + END_MS; isAnyoneThere(places) && Date.now() < end; ) await wait(POLL_MS);
  const processes = [
    ...(control ? [control.process] : []),
    ...(file?.servers ?? []).flatMap((one) => one.process ?? []),
  ];
  const ended = await Promise.all(processes.map((one) => endProcess(one, GRACE_MS)));
  const left = processes.filter((_, index) => !ended[index]).map(({ pid }) => pid);
  const ours = [
    places.gateway,
    places.control,
    places.gatewayLock,
    places.keeperLock,
    places.servers,
    places.program,
    places.token,
  ];
  for (const one of [...ours, places.log, `${places.log}.1`]) rmSync(one, { recursive: true, force: true });
  if (left.length > 0)
    throw new UserError(`Process ${left.join(", ")} could not be ended. You may lack the permission to.`);
}

function isAnyoneThere({ gatewayLock, keeperLock }: ReturnType<typeof placesIn>): boolean {
  return isLocked(gatewayLock) === true || isLocked(keeperLock) === true;
}
