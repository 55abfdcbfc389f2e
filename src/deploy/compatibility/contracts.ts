/** How each platform starts a server and what it asks of it: the part of its contract that can be tried on this machine. */
import type { BundleManifest } from "../../domain/bundle";
import type { ServingContract } from "../contract";
import { difference, missingNumber, type Sample } from "../sample";
import { expectedRows, expectedValues, instancesOf, v2InputsOf, v2Values } from "./requests";

export interface Question {
  /** For messages: "MLflow's /invocations". */
  name: string;
  path: string;
  body: unknown;
  /** How the answer, JSON, is not as it should be; null when it is. */
  judge(answer: unknown): string | null;
}

export interface ContractProfile {
  /** For messages. */
  name: string;
  /** Behind `python`. */
  argv: string[];
  env: Record<string, string>;
  /** Paths that must answer 200; the first tells that it is ready. */
  health: string[];
  questions: Question[];
}

export interface ProfileInput {
  manifest: Pick<BundleManifest, "model" | "input">;
  sample: Sample | null;
  port: number;
}

export const CONTRACT_NAMES: Record<ServingContract, string> = {
  mlflow: "MLflow",
  kserve: "KServe",
  sagemaker: "SageMaker",
  vertex: "Vertex AI",
  azureml: "Azure ML",
};

const APP = ["-m", "modeltrail_serve"];
/** Where platforms bind to all addresses, the trial keeps to this machine. */
const HERE = ["--host", "127.0.0.1"];

/** Azure ML's is not a server of ours: see azure.ts. */
export function profileOf(contract: Exclude<ServingContract, "azureml">, input: ProfileInput): ContractProfile {
  const { port } = input;
  const name = CONTRACT_NAMES[contract];
  const withPort = [...APP, ...HERE, "--port", String(port)];
  switch (contract) {
    case "mlflow":
      return { name, argv: withPort, env: {}, health: ["/ping", "/health", "/version"], questions: invocations(input) };
    case "kserve":
      return {
        name,
        argv: withPort,
        env: {},
        health: ["/v2/health/ready", "/v2/health/live", "/v1/models", ...v2Paths(input)],
        questions: [
          ...instances(input, `/v1/models/${encodeURIComponent(input.manifest.model)}:predict`),
          ...infer(input),
        ],
      };
    case "sagemaker":
      return {
        name,
        argv: [...APP, "serve", ...HERE],
        env: { SAGEMAKER_BIND_TO_PORT: String(port) },
        health: ["/ping"],
        questions: invocations(input),
      };
    case "vertex":
      return {
        name,
        argv: [...APP, ...HERE],
        env: { AIP_HTTP_PORT: String(port), AIP_HEALTH_ROUTE: "/aip/health", AIP_PREDICT_ROUTE: "/aip/predict" },
        health: ["/aip/health"],
        questions: instances(input, "/aip/predict"),
      };
  }
}

function v2Paths({ manifest }: ProfileInput): string[] {
  const model = `/v2/models/${encodeURIComponent(manifest.model)}`;
  return [model, `${model}/ready`];
}

export function invocations({ sample }: Pick<ProfileInput, "sample">, path = "/invocations"): Question[] {
  if (!sample) return [];
  return [{ name: path, path, body: sample.request, judge: (answer) => compare(sample.response ?? undefined, answer) }];
}

function instances({ sample }: ProfileInput, path: string): Question[] {
  const rows = sample && instancesOf(sample);
  if (!rows) return [];
  return [{ name: path, path, body: { instances: rows }, judge: (answer) => compare(expectedRows(sample), answer) }];
}

function infer({ sample, manifest }: ProfileInput): Question[] {
  const inputs = sample && v2InputsOf(sample, manifest.input);
  if (!inputs) return [];
  const path = `/v2/models/${encodeURIComponent(manifest.model)}/infer`;
  const judge = (answer: unknown) => {
    const [expected, values] = [expectedValues(sample), v2Values(answer)];
    return expected && values ? compare(expected, values) : compare(undefined, answer);
  };
  return [{ name: path, path, body: { inputs }, judge }];
}

/** Against what was answered when the bundle was made; without that, whether it is an answer with numbers. */
function compare(expected: unknown, answer: unknown): string | null {
  return expected === undefined ? missingNumber(answer) : difference(expected, answer);
}
