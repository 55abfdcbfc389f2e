/** What models answer to the rows that gates judge by: each is asked once, and all are asked about the same rows. */

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { UserError } from "../../../domain/errors";
import type { EvaluationSettings } from "../../../domain/gateSettings";
import type { ModelVersion } from "../../../store/registry/contract";
import type { ReadyBundle } from "../../contract";
import type { ServingPython } from "../../environment/servingPython";
import { type EvaluationData, evaluationFile, featuresOf, MOST_ROWS } from "../rows/evaluationData";
import { type Rows, readRows } from "../rows/readRows";
import type { Evaluator, OpenEvaluator, Predicted, TableColumns } from "./contract";

export interface EvaluationTools {
  /** The project's folder. */
  root: string;
  /** Of modeltrail.yaml. */
  settings: EvaluationSettings | null;
  bundleOf(version: ModelVersion): Promise<ReadyBundle>;
  pythonOf(bundle: ReadyBundle): Promise<ServingPython>;
  open: OpenEvaluator;
  signal: AbortSignal;
}

/** A gate's own word about the data. */
export interface OwnEvaluation {
  evaluation?: EvaluationSettings | undefined;
}

export interface Evaluated {
  data: EvaluationData;
  rows: Rows;
  /** What the model was given. */
  features: TableColumns;
  predicted: Predicted;
  /** For a result's detail: which rows it was. */
  evidence: { file: string; sha256: string; rows: number; of: number; bundle: string };
}

interface ReadFile {
  rows: Rows;
  sha256: string;
}

export class Evaluations {
  private readonly files = new Map<string, Promise<ReadFile>>();
  private readonly evaluators = new Map<string, Promise<Evaluator>>();
  private readonly answers = new Map<string, Promise<Predicted>>();

  constructor(private readonly tools: EvaluationTools) {}

  /** Whether there are rows to ask about. */
  hasRows(gate: OwnEvaluation): boolean {
    return this.settingsOf(gate).file !== undefined;
  }

  /** Throws UserError when no file is named, or it cannot be read. */
  async data(gate: OwnEvaluation): Promise<EvaluationData> {
    const settings = this.settingsOf(gate);
    const { rows } = await this.file(settings);
    return { file: settings.file!, rows, settings };
  }

  /** What the version answers. Throws UserError when it cannot be asked, or not about these rows. */
  async of(version: ModelVersion, gate: OwnEvaluation): Promise<Evaluated> {
    const data = await this.data(gate);
    const { rows, settings, file } = data;
    const { sha256 } = await this.file(settings);
    const bundle = await this.tools.bundleOf(version);
    const features = featuresOf(data, bundle.manifest.input);
    const key = JSON.stringify([bundle.hash, sha256, rows.count, Object.keys(features)]);
    const predicted = await once(this.answers, key, async () => (await this.evaluator(bundle)).predict(features));
    const evidence = { file, sha256, rows: rows.count, of: rows.total, bundle: bundle.hash };
    return { data, rows, features, predicted, evidence };
  }

  /** To ask the version about other rows. */
  async evaluatorOf(version: ModelVersion): Promise<Evaluator> {
    return await this.evaluator(await this.tools.bundleOf(version));
  }

  async close(): Promise<void> {
    const opened = await Promise.allSettled(this.evaluators.values());
    await Promise.allSettled(opened.map((one) => (one.status === "fulfilled" ? one.value.close() : undefined)));
  }

  private settingsOf({ evaluation }: OwnEvaluation): EvaluationSettings {
    return { ...this.tools.settings, ...evaluation };
  }

  private file({ file, rows = MOST_ROWS }: EvaluationSettings): Promise<ReadFile> {
    if (file === undefined) {
      throw new UserError("Say with `evaluation.file` in modeltrail.yaml which rows models are evaluated on.");
    }
    return once(this.files, JSON.stringify([file, rows]), async () => {
      const place = evaluationFile(this.tools.root, file);
      const found = await readRows(place, rows, this.tools.signal);
      const hash = createHash("sha256");
      await pipeline(createReadStream(place), hash, { signal: this.tools.signal });
      return { rows: found, sha256: hash.digest("hex") };
    });
  }

  private evaluator(bundle: ReadyBundle): Promise<Evaluator> {
    const { pythonOf, open, signal } = this.tools;
    return once(this.evaluators, bundle.hash, async () => open(bundle, await pythonOf(bundle), signal));
  }
}

function once<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const found = known.get(key) ?? make();
  known.set(key, found);
  return found;
}
