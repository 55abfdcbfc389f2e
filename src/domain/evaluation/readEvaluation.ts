/** Evaluations out of files that runs write. */
import { confusionOf } from "./confusion";
import { type Evaluation, type EvaluationTable, isConfusionName } from "./evaluation";
import { confusionOfJson, tableOfJson } from "./jsonForms";
import { scoreCurvesOf } from "./scoreCurves";

/** Null for any other table. Known are the columns of MLflow's evaluator, W&B, DVCLive and scikit-learn's own words. */
export function evaluationOfTable(path: string, table: EvaluationTable): Evaluation | null {
  const curves = scoreCurvesOf(path, table);
  if (curves) return curves;
  const matrices = confusionOf(table, isConfusionName(path));
  return matrices && { form: "confusion", matrices };
}

/** As `evaluationOfTable`, of parsed JSON: a table in one of its forms, or a matrix with or without labels. */
export function evaluationOfJson(path: string, content: unknown): Evaluation | null {
  const matrix = confusionOfJson(content, isConfusionName(path));
  if (matrix) return { form: "confusion", matrices: [matrix] };
  const table = tableOfJson(content);
  return table && evaluationOfTable(path, table);
}
