/** AWS, asked through Amazon's own command line program: it signs in as the user does, and nothing of that is ours. */
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as z from "zod/mini";
import { UserError } from "../../domain/errors";
import { findProgram } from "../../snapshot/findProgram";
import { type AskOptions, CloudError, cloudProgram } from "../cloud/program";
import type { Answer } from "../contract";
import { REASONS } from "./reasons";

export interface Invocation {
  endpoint: string;
  /** Null: whichever the endpoint's weights choose. */
  variant: string | null;
  contentType: string;
  accept: string;
  body: Buffer;
}

/** All of it throws CloudError with what AWS said when it says no. */
export interface Aws {
  /** An operation as the program calls it ("sagemaker", "create-model"), with its input and output as the API has them. */
  ask(service: string, operation: string, input: object, options: AskOptions): Promise<unknown>;
  /** `to`: "s3://bucket/key". */
  send(file: string, to: string, options: AskOptions): Promise<void>;
  /** What the container answered, also when that was an error. */
  invoke(invocation: Invocation, options: AskOptions): Promise<Answer>;
}

export interface AwsSettings {
  program?: string | undefined;
  profile?: string | undefined;
  region: string | null;
  /** Of the project: its Python may have the program. */
  root: string;
  env: NodeJS.ProcessEnv;
}

const INSTALL =
  "Get it from https://aws.amazon.com/cli, or with pip install awscli, or say where it is as `program` of the target.";

export function openAws({ program, profile, region, root, env }: AwsSettings): Aws {
  const cli = cloudProgram({
    program: program ?? findAws(root, env),
    cloud: "AWS",
    install: INSTALL,
    // Nobody is there to leaf through pages, or to be asked.
    env: { ...env, AWS_PAGER: "", AWS_CLI_AUTO_PROMPT: "off" },
    reasons: REASONS,
  });
  const place = [
    ...(profile === undefined ? [] : ["--profile", profile]),
    ...(region === null ? [] : ["--region", region]),
    ...["--output", "json"],
  ];
  return {
    ask: (service, operation, input, options) =>
      cli.json([service, operation, "--cli-input-json", JSON.stringify(input), ...place], options),
    async send(file, to, options) {
      await cli.run(["s3", "cp", file, to, "--only-show-errors", ...place], options);
    },
    async invoke({ endpoint, variant, contentType, accept, body }, options) {
      const folder = await mkdtemp(path.join(tmpdir(), "modeltrail-invoke-"));
      const [asked, answered] = [path.join(folder, "request"), path.join(folder, "answer")];
      const words = [
        ...["sagemaker-runtime", "invoke-endpoint", "--endpoint-name", endpoint, "--body", `fileb://${asked}`],
        ...["--content-type", contentType, "--accept", accept],
        ...(variant === null ? [] : ["--target-variant", variant]),
      ];
      try {
        await writeFile(asked, body);
        const said = Invoked.parse(await cli.json([...words, ...place, answered], options));
        const headers = {
          ...(said.ContentType === undefined ? {} : { "content-type": said.ContentType }),
          ...(said.InvokedProductionVariant === undefined ? {} : { [VARIANT]: said.InvokedProductionVariant }),
        };
        return { status: 200, headers, body: await readFile(answered) };
      } catch (error) {
        return answerOfModel(error);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

/** The header of an answer that names who gave it. */
export const VARIANT = "x-amzn-invoked-production-variant";

const Invoked = z.object({
  ContentType: z.optional(z.string()),
  InvokedProductionVariant: z.optional(z.string()),
});

const MODEL_ERROR = /Received (?:client|server) error \((\d{3})\) from \S+ with message "([\s\S]*?)"\. See https?:/;

/** The container's own words, of which AWS makes an error. */
export function answerOfModel(error: unknown): Answer {
  const [, status, said] = (error instanceof CloudError && MODEL_ERROR.exec(error.said)) || [];
  if (status === undefined) throw error;
  return { status: Number(status), headers: {}, body: Buffer.from(said!) };
}

/** On PATH, else beside the project's Python. */
function findAws(root: string, env: NodeJS.ProcessEnv): string {
  const inside = process.platform === "win32" ? ["Scripts", "aws.exe"] : ["bin", "aws"];
  const own = [".venv", "venv"].map((folder) => path.join(root, folder, ...inside));
  return findProgram("aws", env) ?? own.find((file) => existsSync(file)) ?? "aws";
}

const MISSING =
  /An error occurred \((?:404|NoSuch\w+|ResourceNotFound\w*|Validation(?:Exception|Error)\) [\s\S]*(?:could not find|does not exist))/i;

/** Whether AWS itself said that there is no such thing; what its program misses, such as a token, is something else. */
export function isMissing(error: unknown): boolean {
  return error instanceof CloudError && MISSING.test(error.said);
}

/** Whether it may answer the next time. */
export function isPassing(error: unknown): boolean {
  return (
    error instanceof CloudError &&
    /could not connect|time(?:d )?out|closed|throttl|rate exceeded|\(50\d\)/i.test(error.said)
  );
}

/** Whether there is one of this name already. */
export function isThere(error: unknown): boolean {
  return error instanceof CloudError && /already exist/i.test(error.said);
}

/** Where it is asked, when the target does not say: as the program itself would find out. Throws UserError when nobody does. */
export async function findRegion(settings: AwsSettings, signal: AbortSignal): Promise<string> {
  const { env, program, profile, root } = settings;
  const known = settings.region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION;
  if (known) return known;
  const cli = cloudProgram({
    program: program ?? findAws(root, env),
    cloud: "AWS",
    install: INSTALL,
    env,
    reasons: [],
  });
  const words = ["configure", "get", "region", ...(profile === undefined ? [] : ["--profile", profile])];
  const said = await cli.run(words, { signal, what: "say its region" }).catch((error) => {
    // It fails without a word when none is set.
    if (error instanceof CloudError && error.said === "") return "";
    throw error;
  });
  if (said.trim() !== "") return said.trim();
  throw new UserError(
    "AWS is asked in a region, and none is known. Say it as `region` of the target, such as eu-west-1.",
  );
}
