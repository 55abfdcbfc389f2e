/**
 * The tools over the Model Context Protocol, on standard input and output. Reading needs no leave; a run is started only after
 * the client has asked its user.
 */
import { randomBytes } from "node:crypto";
import { acceptedContent, createRequestStateCodec, inputRequired, McpServer } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import * as z from "zod";
import { UserError } from "../domain/errors";
import { locateRoot } from "../store/locate";
import { askTool } from "./answer";
import { planRun, startPlannedRun, startRun } from "./startRun";
import type { Tool } from "./tool";
import { readTools } from "./tools";

export interface McpOptions {
  /** The project is the one around it. */
  folder: string;
  env: NodeJS.ProcessEnv;
  version: string;
  /** The file of the `modeltrail` command, to start recorders with. */
  cli: string;
}

const INSTRUCTIONS =
  "Modeltrail records training runs of this project: code, data, config, environment, params and metrics of each. Runs are named by id, the beginning of one, name, or `latest`. To find the best, use list_runs sorted by a metric; to learn why two differ, compare_runs; to learn why one failed or got better or worse, explain_run.";

/** Resolves when the client has closed its end. */
export function serveMcp(options: McpOptions): Promise<void> {
  return new Promise((resolve) => {
    const served = serveStdio(() => makeServer(options));
    process.stdin.once("close", () => void served.close().then(resolve));
    process.stdin.once("end", () => void served.close().then(resolve));
  });
}

function makeServer(options: McpOptions): McpServer {
  const state = createRequestStateCodec<string>({ key: randomBytes(32) });
  const server = new McpServer(
    { name: "modeltrail", title: "Modeltrail", version: options.version },
    { instructions: INSTRUCTIONS, requestState: { verify: (sent, context) => state.verify(sent, context) } },
  );
  for (const tool of readTools) addReadTool(server, tool, options);
  addStartTool(server, state, options);
  return server;
}

function addReadTool(server: McpServer, tool: Tool, { folder, env }: McpOptions): void {
  const { name, title, description } = tool;
  const annotations = { title, readOnlyHint: true, openWorldHint: false };
  server.registerTool(
    name,
    { title, description, inputSchema: tool.input as z.ZodObject, annotations },
    async (input, context) =>
      await told(() => askTool(tool, locateRoot(folder, env).root, input, context.mcpReq.signal)),
  );
}

const Confirmation = z.object({ start: z.boolean().describe("Start this run") });

function addStartTool(
  server: McpServer,
  state: ReturnType<typeof createRequestStateCodec<string>>,
  { folder, env, cli }: McpOptions,
): void {
  const { name, title, description, input } = startRun;
  const annotations = { title, readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true };
  server.registerTool(name, { title, description, inputSchema: input, annotations }, async (request, context) => {
    const { root } = locateRoot(folder, env);
    const { inputResponses, requestState } = context.mcpReq;
    // What was agreed to is what is started, not what a second request may say.
    const agreed = requestState<string>();
    if (inputResponses === undefined || agreed === undefined) {
      return await asked(
        () => planRun(root, request, env),
        async (plan) =>
          inputRequired({
            inputRequests: {
              confirm: inputRequired.elicit({
                message: `Start this as a recorded run in ${plan.cwd}?\n${JSON.stringify(plan.command)}`,
                requestedSchema: Confirmation,
              }),
            },
            requestState: await state.mint(JSON.stringify({ plan, request }), context),
          }),
      );
    }
    if (acceptedContent(inputResponses, "confirm", Confirmation)?.start !== true) {
      return failed("The user did not agree, so nothing was started.");
    }
    return await told(async () => {
      const { plan, request: confirmed } = JSON.parse(agreed);
      const run = await startPlannedRun(root, plan, confirmed, cli);
      return JSON.stringify({
        run: run.id.slice(0, 8),
        name: run.name,
        experiment: run.experiment,
        status: run.status,
      });
    });
  });
}

/** An answer, or the sentence that says why there is none. */
async function told(answer: () => Promise<string>) {
  return await asked(answer, async (text) => ({
    content: [{ type: "text" as const, text }],
    structuredContent: JSON.parse(text) as Record<string, unknown>,
  }));
}

async function asked<T, R>(ask: () => T | Promise<T>, then: (value: T) => Promise<R>) {
  try {
    return await then(await ask());
  } catch (error) {
    if (error instanceof UserError) return failed(error.message);
    throw error;
  }
}

const failed = (text: string) => ({ isError: true, content: [{ type: "text" as const, text }] });
