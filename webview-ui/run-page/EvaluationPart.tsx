import { useRef } from "react";
import type { Artifact } from "../../src/domain/run";
import { useNear } from "../base/near";
import { showText } from "../base/numbers";
import { EvaluationView } from "../preview/EvaluationView";
import { usePreview } from "./usePreview";

/** More are among the artifacts. */
export const MOST_EVALUATIONS = 12;

/** The artifacts that tell how well a classifier does, drawn. */
export function EvaluationPart({ artifacts }: { artifacts: readonly Artifact[] }) {
  return (
    <div className="evaluations">
      {artifacts.slice(0, MOST_EVALUATIONS).map((artifact) => (
        <One key={`${artifact.path} ${artifact.sha256}`} artifact={artifact} />
      ))}
    </div>
  );
}

function One({ artifact }: { artifact: Artifact }) {
  const element = useRef<HTMLDivElement>(null);
  const preview = usePreview(artifact, useNear(element));
  const name = showText(artifact.path);
  return (
    <div ref={element} className="evaluation-of">
      <h3>{name}</h3>
      {preview?.kind === "evaluation" && <EvaluationView name={name} evaluation={preview.evaluation} />}
      {preview && preview.kind !== "evaluation" && (
        <p className="faint">
          {preview.kind === "none" ? preview.reason : "It is none of the known forms. It is shown among the artifacts."}
        </p>
      )}
    </div>
  );
}
