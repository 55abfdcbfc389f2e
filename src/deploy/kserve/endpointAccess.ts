/** To an InferenceService as callers reach it: at its address, or through the cluster's ingress when that is not reached from here. */
import { UserError } from "../../domain/errors";
import type { OpenCluster } from "../cluster/open";
import { forwardedAccess } from "../cluster/portForward";
import type { Access } from "../contract";
import { authorization } from "../gateway/modelServer";

const HTTP_PORT = 80;
const ANSWER_MS = 300_000;

export interface Endpoint {
  url: string | null;
  token: string | null;
  /** "NAMESPACE/SERVICE" or "NAMESPACE/SERVICE:PORT". */
  gateway: string | undefined;
}

export function endpointAccess(open: OpenCluster, { url, token, gateway }: Endpoint): Access {
  if (gateway === undefined || url === null) return directAccess(url, token);
  const [place, port] = gateway.split(":");
  const [namespace, service] = place!.split("/");
  const to = {
    to: `service/${service}`,
    namespace: namespace!,
    port: Number(port ?? HTTP_PORT),
    host: new URL(url).host,
  };
  return forwardedAccess({ open, find: async () => to, url, token });
}

function directAccess(url: string | null, token: string | null): Access {
  return {
    url,
    async request(path, { method, headers, body, signal = AbortSignal.timeout(ANSWER_MS) } = {}) {
      if (url === null) throw new UserError("KServe has not said yet at which address it is served.");
      const type = body === undefined ? {} : { "content-type": "application/json" };
      const verb = method ?? (body === undefined ? "GET" : "POST");
      const all = { ...type, ...authorization(token), ...headers };
      try {
        const options = { method: verb, headers: all, signal, ...(body === undefined ? {} : { body }) };
        const answer = await fetch(new URL(path, url), options as RequestInit);
        const answered = Buffer.from(await answer.arrayBuffer());
        return { status: answer.status, headers: Object.fromEntries(answer.headers), body: answered };
      } catch (error) {
        signal.throwIfAborted();
        const cause = ((error as Error).cause as { code?: string } | undefined)?.code ?? (error as Error).message;
        throw new UserError(
          `${url} does not answer (${cause}). Where its name is not known from here, give the target the \`gateway\` of the cluster, such as istio-system/istio-ingressgateway: it is reached through the API then.`,
          { cause: error },
        );
      }
    },
  };
}
