/** `modeltrail deployments try`, `request` and `token` */
import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { needDeployment } from "../../deploy/operations/destination";
import { accessTo, championBundle, look, tokenOf } from "../../deploy/operations/look";
import { readSample } from "../../deploy/sample";
import { UserError } from "../../domain/errors";
import { asCurl, asPython } from "../../domain/requestText";
import type { Store } from "../../store/contract";
import { interruptible } from "../interrupt";
import { withStore } from "../open";
import { print } from "../print";

export async function tryCommand(name: string, { input }: { input?: string }): Promise<void> {
  await withStore(async (store) => {
    const access = await accessTo({ store, env: process.env }, name);
    const body = input === undefined ? await sampleBody(store, name) : await readInput(input);
    const headers = { "content-type": "application/json" };
    const answer = await interruptible((signal) =>
      access.request("/invocations", { method: "POST", headers, body, signal }),
    );
    print(answer.body.toString().trimEnd());
    if (answer.status === 200) return;
    throw new UserError(`${name} answered with the status ${answer.status}.`);
  });
}

async function readInput(file: string): Promise<string> {
  if (file === "-") return text(process.stdin);
  return readFile(file, "utf8").catch((error: Error) => {
    throw new UserError(`The request cannot be read: ${error.message}`);
  });
}

async function sampleBody(store: Store, name: string): Promise<string> {
  const sample = await readSample(await championBundle(store, name));
  if (sample) return JSON.stringify(sample.request);
  throw new UserError(
    `No sample is known for ${name}. Give a request: modeltrail deployments try ${name} --input FILE`,
  );
}

export async function requestCommand(name: string, { python }: { python?: boolean }): Promise<void> {
  await withStore(async (store) => {
    const body = await sampleBody(store, name);
    const { served } = await look({ store, env: process.env }, name);
    if (!served?.endpoint) throw new UserError(`${name} has no address that could be asked from outside.`);
    const request = { endpoint: served.endpoint, body, token: (await tokenOf(store, name)) !== null };
    print((python ? asPython(request) : asCurl(request)).trimEnd());
  });
}

export async function tokenCommand(name: string): Promise<void> {
  await withStore(async (store) => {
    needDeployment(store, name);
    const token = await tokenOf(store, name);
    if (token === null)
      throw new UserError(`${name} asks for no token. Set \`token: true\` under deployments in modeltrail.yaml.`);
    print(token);
  });
}
