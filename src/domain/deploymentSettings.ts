/** `deployments:` of modeltrail.yaml. Descriptions are what an editor shows. */
import * as z from "zod/mini";
import { Duration } from "./duration";
import { LOCAL } from "./localTarget";
import { Size } from "./size";

const said = (text: string) => z.describe(text);
const Text = z.string().check(z.minLength(1));
const Texts = z.array(Text);
const Count = z.int().check(z.positive());
const Share = z.number().check(z.minimum(0), z.maximum(100));

/** What a load test does, and what it must come to. */
export const LoadTestSettings = z.strictObject({
  concurrency: z.optional(Count.check(said("Requests at the same time (default: 4)."))),
  seconds: z.optional(Duration.check(said("How long (default: 10s)."))),
  minRate: z.optional(z.number().check(z.positive(), said("Requests per second that must be reached."))),
  maxP99: z.optional(Duration.check(said("What 99 of 100 requests must be answered within, such as 0.2."))),
  maxErrors: z.optional(Share.check(said("Per cent of requests that may fail (default: 0)."))),
});
export type LoadTestSettings = z.infer<typeof LoadTestSettings>;

/** What the app that serves refuses. */
export const RequestLimits = z.strictObject({
  body: z.optional(Size.check(said("The largest request, such as 10MB (default)."))),
  rows: z.optional(Count.check(said("Rows in one request (default: 100,000)."))),
  time: z.optional(Duration.check(said("How long an answer may take (default: 60s)."))),
  concurrent: z.optional(Count.check(said("Requests at the same time; more are told to come again (default: 128)."))),
});
export type RequestLimits = z.infer<typeof RequestLimits>;

/** What is kept of predictions. */
export const PredictionLogSettings = z.strictObject({
  sample: z.optional(Share.check(said("Per cent of the requests that are kept (default: 100)."))),
  mask: z.optional(Texts.check(said("Columns whose values are not kept; `*` stands for any text."))),
  outputsOnly: z.optional(z.boolean().check(said("Keep no inputs at all."))),
  maxSize: z.optional(Size.check(said("What the log may take; the oldest goes first (default: 1GB)."))),
  days: z.optional(z.number().check(z.positive(), said("How long predictions are kept (default: 90 days)."))),
});
export type PredictionLogSettings = z.infer<typeof PredictionLogSettings>;

export const DeploymentSettings = z.strictObject({
  model: z.optional(Text.check(said("The model of the registry (default: the deployment's name)."))),
  target: z._default(Text.check(said("Where it is served: a name of `targets:`, or local (default).")), LOCAL),
  port: z.optional(z.int().check(z.minimum(1), z.maximum(65535), said("The endpoint's port (default: a free one)."))),
  host: z.optional(Text.check(said("The address that the endpoint listens at (default: this machine only)."))),
  gates: z.optional(Texts.check(said("Which gates must pass (default: all that apply to the model)."))),
  load: z.optional(LoadTestSettings.check(said("A load test before it goes live."))),
  challenger: z.optional(Share.check(said("Per cent of requests for the version with the alias challenger."))),
  shadow: z.optional(Texts.check(said("Aliases whose versions get copies of the requests."))),
  token: z.optional(
    z.boolean().check(said("Whether callers have to show a token; one is made and kept as a secret (default: false).")),
  ),
  environment: z.optional(
    z
      .enum(["project", "own"])
      .check(said("Here: the project's Python, or an environment of the bundle's own packages (default: project).")),
  ),
  workers: z.optional(Count.check(said("Processes that serve each version (default: 1)."))),
  limits: z.optional(RequestLimits),
  log: z.optional(z.union([z.literal(false), PredictionLogSettings])),
});
export type DeploymentSettings = z.infer<typeof DeploymentSettings>;

export const Deployments = z.record(
  z.string().check(z.regex(/^[A-Za-z0-9][\w.-]*$/, "is no name of letters, digits, `_`, `.` and `-`")),
  DeploymentSettings,
);
