/** For tests: a project with gates, a version of a model with a run, and a model that answers without Python. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { GateResult } from "../../domain/gate";
import type { MetricPoint } from "../../domain/run";
import type { Store } from "../../store/contract";
import type { ModelVersion } from "../../store/registry/contract";
import { newRun, tempStore } from "../../store/testStore";
import type { ReadyBundle } from "../contract";
import { testManifest } from "../testManifest";
import type { Evaluator, Predicted, TableColumns } from "./evaluate/contract";
import { type GatesToRun, runGates } from "./runGates";

export type Answer = (columns: TableColumns) => Predicted["predictions"] | Predicted;

export interface TestProject {
  store: Store;
  /** Writes a file of the project. */
  write(file: string, text: string): void;
  /** A version whose model answers like this; `run`: metrics and params of the run that made it. */
  version(answer: Answer, run?: { points?: MetricPoint[]; params?: Record<string, string> }): ModelVersion;
  /** How many processes have been started, and tables asked about. */
  asked: { opened: number; tables: number; closed: number };
  run(version: ModelVersion, part?: Partial<GatesToRun>): Promise<GateResult[]>;
}

/** `yaml`: the text of modeltrail.yaml. */
export function testProject(yaml: string): TestProject {
  const store = tempStore();
  const { root, registry } = store;
  const answers = new Map<number, Answer>();
  const asked = { opened: 0, tables: 0, closed: 0 };
  const write = (file: string, text: string) => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  };
  write("modeltrail.yaml", yaml);
  registry.createModel({ name: "wine", description: "", tags: {} });
  return {
    store,
    write,
    asked,
    version(answer, made) {
      const run = made ? store.createRun(newRun()) : null;
      if (run && made) {
        const points = [{ source: "api", points: made.points ?? [] }];
        store.ingest(run, { points, params: made.params ?? {} });
      }
      const version = registry.createVersion({
        model: "wine",
        description: "",
        source: "s",
        location: "s",
        run,
        runLink: "",
        loggedModel: null,
        tags: {},
      });
      answers.set(version.version, answer);
      return version;
    },
    run: (version, part = {}) =>
      runGates(
        store,
        { model: "wine", version: version.version, step: null, signal: new AbortController().signal, ...part },
        {
          bundleOf: async (one) => testBundle(root, one),
          pythonOf: async () => ({ python: process.execPath, env: {} }),
          open: async ({ manifest }) => {
            asked.opened++;
            return fakeEvaluator(answers.get(manifest.version)!, asked);
          },
        },
      ),
  };
}

function testBundle(root: string, { model, version }: ModelVersion): ReadyBundle {
  const files = [
    { path: "model/model.joblib", size: 1_500_000, sha256: "" },
    { path: "requirements.txt", size: 500_000, sha256: "" },
  ];
  const manifest = testManifest({ model, version, files });
  return { hash: `${version}`.padStart(64, "0"), folder: root, manifest };
}

function fakeEvaluator(answer: Answer, asked: TestProject["asked"]): Evaluator {
  return {
    async predict(columns) {
      asked.tables++;
      const found = answer(columns);
      return Array.isArray(found) ? { predictions: found, scores: null, classes: null } : found;
    },
    time: async (_question, { times }) => Array.from({ length: times }, (_, at) => (at + 1) / 100),
    async close() {
      asked.closed++;
    },
  };
}
