/** What the pipeline of a run on a target has in place of what looks at this machine. */
import type { KeptFiles, LoggedFile } from "../../ingest/api";
import type { SpoolRecord } from "../../ingest/spool";
import type { DataHasher } from "../../snapshot/data";
import type { IngestBatch } from "../../store/contract";
import type { Listener } from "../listener";
import { createHostListener } from "./host";
import { keepBroughtFiles } from "./keepBroughtFiles";
import { createOutsideFiles } from "./outsideFiles";
import type { StagePlace } from "./stagePlace";
import { createTranslator } from "./translate";

export interface TargetSide {
  /** As its user calls it, e.g. "gpu-box". */
  target: string;
  place: StagePlace;
  /** What the command logs with MLflow goes to a server of the user's own. */
  ownServer: boolean;
}

export interface TargetListeners {
  listeners: Listener[];
  /** See `PipelineOptions`. */
  translate(events: SpoolRecord[], final: boolean): SpoolRecord[];
  /** Whether a top-level module is installed there. */
  isInstalled(module: string): boolean;
  /** Takes in what the run has logged as artifacts, when that has been brought. */
  keepFiles(logged: readonly LoggedFile[], hasher: DataHasher): Promise<KeptFiles>;
}

export function createTargetListeners({ target, place }: Pick<TargetSide, "target" | "place">): TargetListeners {
  const translator = createTranslator(place);
  const host = createHostListener();
  const outside = createOutsideFiles(() => translator.host, target);
  let end = () => {};
  const over = new Promise<void>((resolve) => {
    end = resolve;
  });
  return {
    listeners: [
      host,
      { ...outside, hear() {} },
      atEnd(
        () => (translator.host ? {} : silence(target)),
        () => end(),
      ),
    ],
    translate(heard, final) {
      const translation = translator.translate(heard, final);
      outside.hear(translation.outside);
      return translation.events;
    },
    isInstalled: host.hasModule,
    async keepFiles(logged, hasher) {
      await over;
      return keepBroughtFiles(logged, { hasher, toStage: translator.toStage, target });
    },
  };
}

/** When all was heard, what the command left is in the stage. */
function atEnd(last: () => IngestBatch, onEnd: () => void): Listener {
  let ready: IngestBatch = {};
  return {
    hear() {},
    take() {
      const batch = ready;
      ready = {};
      return batch;
    },
    async finish() {
      ready = last();
      onEnd();
    },
  };
}

function silence(target: string): IngestBatch {
  const message = `Nothing was heard of the machine behind ${target}, so its environment and the run's files are not known.`;
  return { gaps: [{ kind: "tracer", message }] };
}
