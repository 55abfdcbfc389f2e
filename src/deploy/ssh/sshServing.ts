/** Serving on a machine behind ssh that has no more than a POSIX shell and Python: what answers there goes on without us. */
import { UserError } from "../../domain/errors";
import type { TargetOf } from "../../domain/targets";
import type { Problem } from "../../targets/contract";
import { sshEnvironment, sshOption } from "../../targets/host/sshArguments";
import { openHost, sshSettings } from "../../targets/ssh/openHost";
import type { ServingHandle, ServingPlan, ServingTarget } from "../contract";
import { warnOfOpen } from "../local/checkAddress";
import type { MakeServing, ServingContext } from "../targets";
import { remoteAccess } from "./access";
import { applyRemote, cannotListen, type RemotePlace, wantedAddress } from "./apply";
import { askEndpoint, elsewhereError } from "./endpointProgram";
import { remoteEnvironment } from "./environment";
import { endpointsFolder, newHandle, readHandle, whereElse } from "./handle";
import { servedOf, unreachable } from "./status";

export const makeSshServing: MakeServing<TargetOf<"ssh">> = (name, settings, context) => {
  const { store, env } = context;
  const host = openHost(settings, { root: store.root, env });
  const ssh = sshSettings(settings.host, settings.sshConfig, store.root);
  return remoteServing(name, settings, context, {
    host,
    hostName: async () => (await sshOption(ssh, "hostname", sshEnvironment(env))) ?? settings.host,
    ssh: ["ssh", ...(ssh.config === undefined ? [] : ["-F", ssh.config])],
  });
};

/** As `makeSshServing`, on whatever host. */
export function remoteServing(
  name: string,
  settings: TargetOf<"ssh">,
  { store, env }: ServingContext,
  { host, hostName, ssh }: Pick<RemotePlace, "host" | "hostName" | "ssh">,
): ServingTarget {
  const on = { host, python: settings.python ?? "python3", endpoints: endpointsFolder(settings.folder) };
  const environment = remoteEnvironment(name, settings, on, { root: store.root, env });
  const place: RemotePlace = { ...on, environment, env: settings.env ?? {}, hostName, ssh };
  const known = (deployment: string) =>
    (store.deployments.get(deployment)?.handle as ServingHandle | undefined) ?? null;

  return {
    ...{ name, kind: "ssh", contract: "mlflow", splits: false, shadows: false },

    async check(plan, signal) {
      const refused = refuse(plan, host.name);
      if (refused.length > 0) return refused;
      const before = known(plan.name);
      const handle = before ? readHandle(before) : newHandle(on.endpoints, plan.name, host.name);
      const { folder, address } = handle;
      const wanted = wantedAddress(plan.settings, address);
      const { ready } = plan.routes[0]!;
      try {
        const input = { activate: environment.given, names: environment.names(ready), address: wanted };
        const looked = await askEndpoint(on, folder, "look", { input, signal });
        const left = looked.exists ? null : whereElse(handle, host.name);
        if (left !== null) return [{ severity: "error", message: left }];
        const problems = await environment.check(ready, looked, signal);
        if (looked.address !== null) {
          problems.push({ severity: "error", message: cannotListen(wanted, host.name, looked.address) });
        }
        return [...problems, ...warnOfOpen(plan), ...warnOfLog(plan, host.name)];
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        return [{ severity: "error", message: error.message }];
      }
    },

    apply: (plan, options) => applyRemote(place, plan, options),

    async status(handle, signal) {
      const known = readHandle(handle);
      try {
        const said = await askEndpoint(on, known.folder, "status", { signal });
        const left = said.keeper === "none" ? whereElse(known, host.name) : null;
        return left === null ? servedOf(said, host.name, known.url) : unreachable(left);
      } catch (error) {
        return unreachable(signal.aborted ? `${host.name} did not answer in time.` : (error as Error).message);
      }
    },

    access(handle, token) {
      const { folder, url } = readHandle(handle);
      return remoteAccess(on, { folder, server: null, url, token });
    },

    async log(handle, lines, signal) {
      const args = [String(lines)];
      return (await askEndpoint(on, readHandle(handle).folder, "log", { args, signal })).lines;
    },

    async undeploy(handle, signal) {
      const known = readHandle(handle);
      const said = await askEndpoint(on, known.folder, "stop", { args: [known.mark], signal });
      if ("elsewhere" in said) throw elsewhereError(said, host.name);
      const left = said.found ? null : whereElse(known, host.name);
      if (left !== null) throw new UserError(left);
      if (said.left.length > 0) {
        throw new UserError(
          `Process ${said.left.join(", ")} on ${host.name} could not be ended. You may lack the permission to.`,
        );
      }
    },
  };
}

function refuse({ routes }: ServingPlan, host: string): Problem[] {
  if (routes.length === 1) return [];
  const message = `On ${host} one version answers at a time: requests are shared and copied by the gateway, which runs on this machine only. Deploy a challenger or shadow to a local or container target.`;
  return [{ severity: "error", message }];
}

function warnOfLog({ settings }: ServingPlan, host: string): Problem[] {
  if (!settings.log) return [];
  return [{ severity: "warning", message: `There is no prediction log on ${host}: \`log\` has no effect there.` }];
}
