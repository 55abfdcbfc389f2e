/** `targets:` and `local:` of modeltrail.yaml: places to run and to serve, by name. Each kind has its object in targetKinds/. */
import * as z from "zod/mini";
import { LOCAL } from "./localTarget";
import { isSecretName, MASK, maskArguments, maskText } from "./secrets";
import { common, ForeignTarget, TARGET_KINDS } from "./targetKinds/jobs";
import { Count, said, Text } from "./targetKinds/parts";
import { SERVING_KINDS } from "./targetKinds/serving";

export type TargetKind = keyof typeof TARGET_KINDS;
/** The settings of a target of this kind, as its room gets them. */
export type TargetOf<Kind extends TargetKind> = z.infer<(typeof TARGET_KINDS)[Kind]>;

export type ServingKind = keyof typeof SERVING_KINDS;
/** The settings of a place of this kind, as its room gets them. */
export type ServingOf<Kind extends ServingKind> = z.infer<(typeof SERVING_KINDS)[Kind]>;

export type ForeignTargetSettings = z.infer<typeof ForeignTarget>;
export type KnownTargetSettings = { [Kind in TargetKind]: TargetOf<Kind> }[TargetKind];
export type ServingTargetSettings = { [Kind in ServingKind]: ServingOf<Kind> }[ServingKind];
/** Of what runs jobs. */
export type JobTargetSettings = KnownTargetSettings | ForeignTargetSettings;
export type TargetSettings = JobTargetSettings | ServingTargetSettings;

const OWN_KINDS = { ...TARGET_KINDS, ...SERVING_KINDS };

/** For the JSON schema of the file: what a target may look like. */
export const TARGET_SCHEMAS: readonly z.ZodMiniType[] = [...Object.values(OWN_KINDS), ForeignTarget];

/** Whether the settings are of a kind of jobs that we know ourselves. */
export function isKnownTarget(settings: TargetSettings): settings is KnownTargetSettings {
  return Object.hasOwn(TARGET_KINDS, settings.kind);
}

/** Whether the settings are of a place that only serves models. */
export function onlyServes(settings: TargetSettings): settings is ServingTargetSettings {
  return Object.hasOwn(SERVING_KINDS, settings.kind);
}

/** By hand rather than as a union, so that what is said of a mistake is about the kind that was meant. */
const TargetSettings = z.pipe(
  z.looseObject({ kind: z.string() }),
  z.transform((value, context): TargetSettings => {
    const { kind } = value;
    if (!kind.includes(".") && !Object.hasOwn(OWN_KINDS, kind)) {
      context.issues.push({ code: "invalid_value", values: Object.keys(OWN_KINDS), path: ["kind"], input: kind });
      return z.NEVER;
    }
    const schema: z.ZodMiniType = kind.includes(".") ? ForeignTarget : OWN_KINDS[kind as keyof typeof OWN_KINDS];
    const { error, data } = schema.safeParse(value);
    const issues = error?.issues ?? [];
    context.issues.push(...issues.map((issue) => ({ ...issue, input: undefined }) as z.core.$ZodRawIssue));
    context.issues.push(...secretIssues(value));
    return data as TargetSettings;
  }),
);

/** The file is shared, and so no place for secrets. */
function secretIssues(value: unknown, path: PropertyKey[] = []): z.core.$ZodRawIssue[] {
  if (typeof value === "string") {
    const isSecret = path.length > 1 && path[0] === "env" && isSecretName(String(path.at(-1)));
    return (isSecret && value !== "" && value !== MASK) || maskText(value) !== value ? [secretIssue(path)] : [];
  }
  if (Array.isArray(value)) {
    const words = value.map(String);
    return maskArguments(words).flatMap((masked, at) => (masked === words[at] ? [] : [secretIssue([...path, at])]));
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => secretIssues(inner, [...path, key]));
}

function secretIssue(path: PropertyKey[]): z.core.$ZodRawIssue {
  const message =
    "looks like a secret, and modeltrail.yaml is no place for one: leave it out, and set it where the command runs or in the environment that Modeltrail is started from";
  return { code: "custom", message, path, input: undefined };
}

/** `local` is this machine itself, which is always there. */
const TargetName = z.string().check(
  z.regex(/^[A-Za-z0-9][\w.-]*$/, "is no name of letters, digits, `_`, `.` and `-`"),
  z.refine((name) => name !== LOCAL, "is this machine itself, whose settings stand under `local:`"),
);

export const Targets = z.record(TargetName, TargetSettings);

/** The queue of this machine. */
export const LocalSettings = z.strictObject({
  slots: z.optional(Count.check(said("Queued jobs at the same time (default: 1)."))),
  gpus: z.optional(
    z
      .union([z.int().check(z.nonnegative()), z.array(z.union([z.int().check(z.nonnegative()), Text]))])
      .check(said("GPUs that queued jobs may have: how many, or which, as CUDA_VISIBLE_DEVICES names them.")),
  ),
  costPerHour: common.costPerHour,
  limits: common.limits,
});
export type LocalSettings = z.infer<typeof LocalSettings>;
