/** What a deployment's things are called at SageMaker: 63 letters, digits and hyphens at most. */
import { createHash, randomBytes } from "node:crypto";
import { canonicalJson } from "../../domain/canonicalJson";
import { imageName } from "../bundle/containerFiles";

/** Leaves room for what stands behind it. */
const LONGEST = 40;
const SHORT_HASH = 8;

/** An endpoint's name that nobody else has. */
export function newEndpointName(deployment: string): string {
  const ending = `-${randomBytes(4).toString("hex")}`;
  return `${imageName(deployment)
    .slice(0, LONGEST - ending.length)
    .replace(/-+$/, "")}${ending}`;
}

const shortHash = (value: unknown) =>
  createHash("sha256").update(canonicalJson(value)).digest("hex").slice(0, SHORT_HASH);

/** Where a version is tried that cannot be tried beside the one that is served. */
export const tryName = (endpoint: string): string => `${endpoint}-try`;

/** The same for the same content. */
export const modelName = (endpoint: string, version: number, content: object): string =>
  `${endpoint}-v${version}-${shortHash(content)}`;

const MODEL = /-v(\d+)-[0-9a-f]{8}$/;

export function versionOf(model: string): number | null {
  const version = MODEL.exec(model)?.[1];
  return version === undefined ? null : Number(version);
}

/** The same for the same content; `shape` is what cannot change but by another configuration. */
export const configName = (endpoint: string, shape: object, weights: object): string =>
  `${endpoint}-${shortHash(shape)}-${shortHash(weights)}`;

/** Whether both differ in nothing but weights. */
export function sameShape(one: string, other: string): boolean {
  const shape = (name: string) => name.slice(0, -SHORT_HASH);
  return shape(one) === shape(other);
}

export function isModelOf(endpoint: string, name: string): boolean {
  return name.startsWith(endpoint) && MODEL.exec(name)?.index === endpoint.length;
}

const CONFIG = /-[0-9a-f]{8}-[0-9a-f]{8}$/;

export function isConfigOf(endpoint: string, name: string): boolean {
  return name.startsWith(endpoint) && CONFIG.exec(name)?.index === endpoint.length;
}
