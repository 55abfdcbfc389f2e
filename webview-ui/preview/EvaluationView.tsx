import type { Evaluation } from "../../src/domain/evaluation/evaluation";
import { ConfusionView } from "./ConfusionView";
import { ScoreCurvesView } from "./ScoreCurvesView";

/** How well a classifier does, as pictures that can also be read. */
export function EvaluationView({ name, evaluation }: { name: string; evaluation: Evaluation }) {
  if (evaluation.form !== "confusion") return <ScoreCurvesView name={name} {...evaluation} />;
  return (
    <div className="evaluation-matrices">
      {evaluation.matrices.map((matrix, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: classes may be named alike.
        <ConfusionView key={at} name={name} matrix={matrix} />
      ))}
    </div>
  );
}
