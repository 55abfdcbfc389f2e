/** Serving on this machine: model servers behind a gateway, all of them processes that outlive whoever starts them. */
import { Agent } from "node:http";
import * as z from "zod/mini";
import { UserError } from "../../domain/errors";
import { LOCAL } from "../../domain/localTarget";
import type { Access, ServingHandle, ServingPlan, ServingTarget } from "../contract";
import { deploymentFolder, deploymentPath } from "../deploymentFolder";
import { servingPython } from "../environment/servingPython";
import { flat, gatewayClient, NoGateway } from "../gateway/client";
import { placesIn, readGatewayFile } from "../gateway/files";
import { httpCall, NoAnswer } from "../gateway/httpCall";
import { urlOf } from "../gateway/listening";
import { tailLines } from "../gateway/logTail";
import type { GatewayPlace } from "../gateway/start";
import type { ServingContext } from "../targets";
import { applyPlan, type FindCommand } from "./apply";
import { checkAddress } from "./checkAddress";
import { type FindPython, pythonCommand } from "./pythonCommand";
import { readStatus } from "./status";
import { undeploy } from "./undeploy";

/** Enough to find it: all else is in its folder. */
const Handle = z.object({ name: z.string(), url: z.nullable(z.string()) });

export interface LocalOptions {
  /** The `modeltrail` command; default: this very process's. */
  program?: readonly string[];
  /** Default: the environment that `servingPython` finds or makes. */
  python?: FindPython;
  /** What starts a model server; default: that Python. */
  command?: FindCommand;
}

export function makeLocalServing({ store, env }: ServingContext, options: LocalOptions = {}): ServingTarget {
  const { program, python = (bundle, rest) => servingPython(store, bundle, rest) } = options;
  const command = options.command ?? pythonCommand(python, env);

  function placeOf(name: string): GatewayPlace {
    const folder = deploymentFolder(store.folder, name);
    return { name, folder, root: store.root, storeFolder: store.folder, program, env };
  }
  // Nothing is made for one that is only asked about.
  const folderOf = (handle: ServingHandle) => deploymentPath(store.folder, Handle.parse(handle).name);

  return {
    ...{ name: LOCAL, kind: LOCAL, contract: "mlflow", splits: true, shadows: true },
    check: (plan: ServingPlan) => checkAddress(deploymentPath(store.folder, plan.name), plan),
    apply: (plan, apply) => applyPlan(placeOf(plan.name), plan, apply, command),
    status: (handle, signal) => readStatus(folderOf(handle), signal),
    access: (handle, token) => access(folderOf(handle), Handle.parse(handle).url, token),
    async log(handle, lines, signal) {
      const folder = folderOf(handle);
      try {
        return await gatewayClient(folder).log(lines, signal);
      } catch (error) {
        if (error instanceof NoGateway) return tailLines(placesIn(folder).log, lines);
        throw error;
      }
    },
    undeploy: (handle, signal) => undeploy(folderOf(handle), signal),
  };
}

/** As callers reach it, wherever it listens by now. */
function access(folder: string, known: string | null, token: string | null): Access {
  const agent = new Agent({ keepAlive: true, timeout: 30_000 });
  const settings = readGatewayFile(folder)?.settings;
  const url = settings && settings.port !== 0 ? urlOf(settings) : known;
  return {
    url,
    async request(path, { method, headers, body, signal } = {}) {
      if (url === null) throw new UserError("This deployment does not listen anywhere.");
      const { hostname, port } = new URL(url);
      const shown = token === null ? {} : { authorization: `Bearer ${token}` };
      const host = hostname.replace(/^\[|\]$/g, "");
      const all = {
        ...{ accept: "*/*", ...(body === undefined ? {} : { "content-type": "application/json" }) },
        ...shown,
        ...headers,
      };
      try {
        const call = { host, port: Number(port), path, method: method ?? (body === undefined ? "GET" : "POST"), body };
        const answer = await httpCall({ ...call, headers: all, signal, agent });
        return { ...answer, headers: flat(answer.headers) };
      } catch (error) {
        if (error instanceof NoAnswer) throw new UserError(`${url} does not answer.`, { cause: error });
        throw error;
      }
    },
  };
}
