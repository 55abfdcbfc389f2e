/**
 * What is only asked of Vertex AI, without its program: that takes a second for each question, and tells of no status. The
 * questions go where it would send them, with the pass that it hands out to other programs.
 */
import * as z from "zod/mini";
import { UserError } from "../../domain/errors";
import { type CloudProgram, refusal } from "../cloud/program";
import { type Sent, send } from "../cloud/send";
import type { Answer } from "../contract";
import { GOOGLE } from "./gcloud";

export interface VertexApi {
  /** JSON; undefined when there is no such thing. `path`: behind the region, like "endpoints/one". Throws CloudError. */
  get(path: string, options: { what: string; signal: AbortSignal }): Promise<unknown>;
  /** Whatever the answer is. Throws UserError when there is none. */
  post(path: string, options: Omit<Sent, "method">): Promise<Answer>;
}

const Page = z.object({ nextPageToken: z.optional(z.string()) });

/** All pages of a list, as it has some: one of what is not there. `path`: with a query, if any. */
export async function readPages(
  api: Pick<VertexApi, "get">,
  path: string,
  options: Parameters<VertexApi["get"]>[1],
): Promise<unknown[]> {
  const told: unknown[] = [];
  const query = path.includes("?") ? "&" : "?";
  for (let next = ""; ; ) {
    const page = (await api.get(`${path}${next}`, options)) ?? {};
    told.push(page);
    const { nextPageToken } = Page.parse(page);
    if (!nextPageToken) return told;
    next = `${query}pageToken=${encodeURIComponent(nextPageToken)}`;
  }
}

/** What `gcloud config config-helper` says. */
const Helper = z.object({
  configuration: z.object({
    properties: z.object({ api_endpoint_overrides: z.optional(z.object({ aiplatform: z.optional(z.string()) })) }),
  }),
  credential: z.object({ access_token: z.nullish(z.string()), token_expiry: z.nullish(z.string()) }),
});

interface Pass {
  token: string;
  /** Ms since the epoch. */
  until: number;
  /** Another address than Google's own. */
  base: string | undefined;
}

/** Asked for again so long before it ends. */
const EARLY_MS = 60_000;
/** Where it is not said when it ends. */
const SHORT_MS = 300_000;

/** Kept here and nowhere else, as long as it holds. */
export function findPass(gcloud: CloudProgram): (signal: AbortSignal) => Promise<Pass> {
  let known: Pass | undefined;
  return async (signal) => {
    if (known && known.until - EARLY_MS > Date.now()) return known;
    const words = ["config", "config-helper", "--format=json"];
    const told = Helper.parse(await gcloud.json(words, { signal, what: "tell who you are" }));
    const { access_token: token, token_expiry: expiry } = told.credential;
    if (!token) throw new UserError("You are not signed in to Google Cloud. Sign in: gcloud auth login");
    const base = told.configuration.properties.api_endpoint_overrides?.aiplatform;
    known = { token, until: expiry ? Date.parse(expiry) : Date.now() + SHORT_MS, base };
    return known;
  };
}

export function vertexApi(
  { project, region }: { project: string; region: string },
  pass: ReturnType<typeof findPass>,
): VertexApi {
  async function ask(path: string, { headers, ...rest }: Sent): Promise<Answer> {
    const { token, base = `https://${region}-aiplatform.googleapis.com/` } = await pass(rest.signal);
    const url = new URL(`v1/projects/${project}/locations/${region}/${path}`, base);
    return send(url, { ...rest, headers: { ...headers, authorization: `Bearer ${token}` } });
  }
  return {
    async get(path, { what, signal }) {
      const { status, body } = await ask(path, { method: "GET", headers: {}, signal });
      if (status === 404) return undefined;
      if (status !== 200) throw refusal(GOOGLE, what, reasonOf(status, body));
      return JSON.parse(body.toString());
    },
    post: (path, options) => ask(path, { ...options, method: "POST" }),
  };
}

const Refused = z.object({ error: z.object({ status: z.optional(z.string()), message: z.optional(z.string()) }) });

function reasonOf(status: number, body: Buffer): string {
  try {
    const { error } = Refused.parse(JSON.parse(body.toString()));
    return `${error.status ?? status}: ${error.message ?? ""}`;
  } catch {
    return `${status}: ${body.toString().slice(0, 300)}`;
  }
}
