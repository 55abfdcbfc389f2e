import { expect, test } from "vitest";
import { isEvaluationName } from "./evaluation";
import { evaluationOfJson, evaluationOfTable } from "./readEvaluation";

const csv = (text: string) => {
  const [columns, ...rows] = text.split("\n").map((line) => line.split(","));
  return { columns: columns!, rows };
};
const MATRIX = [
  [5, 1],
  [2, 8],
];

test("matrices are read from what numpy, pandas and json write, where the file's name says so", () => {
  const labelled = { form: "confusion", matrices: [{ title: "", labels: ["cat", "dog"], counts: MATRIX }] };
  expect(evaluationOfTable("confusion_matrix.csv", csv("Unnamed: 0,cat,dog\ncat,5,1\ndog,2,8"))).toEqual(labelled);
  expect(evaluationOfTable("eval/cm.csv", csv("cat,dog\n5,1\n2,8"))).toEqual(labelled);
  expect(evaluationOfJson("x.json", { confusion_matrix: MATRIX, classes: ["cat", "dog"] })).toEqual(labelled);
  expect(evaluationOfJson("conf_mat.json", { columns: ["cat", "dog"], index: ["cat", "dog"], data: MATRIX })).toEqual(
    labelled,
  );
  const bare = evaluationOfJson("confusion_matrix.json", MATRIX);
  expect(bare).toMatchObject({ matrices: [{ labels: ["0", "1"], counts: MATRIX }] });
  expect(evaluationOfJson("weights.json", MATRIX)).toBeNull();
  expect(evaluationOfTable("weights.csv", csv("a,b\n5,1\n2,8"))).toBeNull();
});

test("pairs of classes are counted, with a count (W&B) and without (DVCLive)", () => {
  const wandb = {
    columns: ["Actual", "Predicted", "nPredictions"],
    data: [
      ["cat", "cat", 5],
      ["cat", "dog", 1],
      ["dog", "cat", 2],
      ["dog", "dog", 8],
    ],
  };
  const counted = { form: "confusion", matrices: [{ title: "", labels: ["cat", "dog"], counts: MATRIX }] };
  expect(evaluationOfJson("media/table/a.table.json", wandb)).toEqual(counted);
  const examples = wandb.data.flatMap(([actual, predicted, count]) =>
    Array.from({ length: Number(count) }, () => ({ actual, predicted })),
  );
  expect(evaluationOfJson("plots/sklearn/confusion_matrix.json", examples)).toEqual(counted);
  // Predictions with their features, and numbers to be predicted, are no matrix.
  expect(evaluationOfTable("out.csv", csv("id,target,prediction\n1,a,b\n2,a,a"))).toBeNull();
  const numbers = Array.from({ length: 300 }, (_, at) => ({ target: at / 7, prediction: at / 6 }));
  expect(evaluationOfJson("out.json", numbers)).toBeNull();
});

test("MLflow's metrics of each class become a matrix for each", () => {
  const table = csv(
    "positive_class,true_negatives,false_positives,false_negatives,true_positives,recall,precision\na,90,2,3,5,0.6,0.7\nb,80,1,9,10,0.5,0.9",
  );
  expect(evaluationOfTable("per_class_metrics.csv", table)).toEqual({
    form: "confusion",
    matrices: [
      {
        title: "a",
        labels: ["not a", "a"],
        counts: [
          [90, 2],
          [3, 5],
        ],
      },
      {
        title: "b",
        labels: ["not b", "b"],
        counts: [
          [80, 1],
          [9, 10],
        ],
      },
    ],
  });
});

test("the area of a ROC curve is that of scikit-learn's example, whichever way round it is written", () => {
  // y = [1, 1, 2, 2], scores = [0.1, 0.4, 0.35, 0.8]: roc_auc_score gives 0.75.
  const roc = { roc: [0, 0, 0.5, 0.5, 1].map((fpr, at) => ({ fpr, tpr: [0, 0.5, 0.5, 1, 1][at], threshold: at })) };
  const read = evaluationOfJson("roc.json", roc);
  expect(read).toEqual({
    form: "roc",
    curves: [{ name: "", x: [0, 0, 0.5, 0.5, 1], y: [0, 0.5, 0.5, 1, 1], area: 0.75 }],
  });
  expect(evaluationOfJson("roc.json", { roc: roc.roc.toReversed() })).toEqual(read);
  expect(evaluationOfJson("part.json", { fpr: [0, 0.2], tpr: [0, 0.9] })).toMatchObject({ curves: [{ area: null }] });
});

test("average precision is that of scikit-learn's example; thresholds may be one fewer", () => {
  // The same scores: average_precision_score gives 0.8333.
  const read = evaluationOfJson("pr.json", {
    precision: [0.5, 2 / 3, 0.5, 1, 1],
    recall: [1, 1, 0.5, 0.5, 0],
    thresholds: [0.1, 0.35, 0.4, 0.8],
    title: "validation",
  });
  expect(read).toMatchObject({ form: "precision-recall" });
  expect(read?.form === "precision-recall" && read.curves[0]!.area).toBeCloseTo(0.8333, 4);
});

test("curves come by class, as W&B, MLflow's log_table and nested objects have them", () => {
  const rows = [
    ["a", 0, 0],
    ["a", 1, 1],
    ["b", 0, 0.5],
    ["b", 1, 1],
  ];
  const names = (found: ReturnType<typeof evaluationOfJson>) =>
    found && found.form !== "confusion" && found.curves.map(({ name, area }) => [name, area]);
  const wanted = [
    ["a", 0.5],
    ["b", 0.75],
  ];
  expect(names(evaluationOfJson("t.json", { columns: ["class", "fpr", "tpr"], data: rows }))).toEqual(wanted);
  const nested = { a: { fpr: [0, 1], tpr: [0, 1], auc: 0.5 }, b: { fpr: [0, 1], tpr: [0.5, 1], auc: 0.75 } };
  expect(names(evaluationOfJson("t.json", nested))).toEqual(wanted);
});

test("a report on each class and values that are no shares are no curves", () => {
  const report = csv("class,precision,recall,f1-score,support\na,0.5,0.6,0.5,10\nb,0.5,0.7,0.5,10");
  expect(evaluationOfTable("report.csv", report)).toBeNull();
  expect(evaluationOfTable("history.csv", csv("epoch,precision,recall\n1,0.5,0.6\n2,0.6,0.7"))).toBeNull();
  expect(evaluationOfTable("roc.csv", csv("fpr,tpr\nnan,0\nnan,1"))).toBeNull();
});

test("a curve of very many points keeps those that can be seen, and its ends", () => {
  const rows = Array.from({ length: 100_001 }, (_, at) => [String(at / 100_000), String(Math.sqrt(at / 100_000))]);
  const read = evaluationOfTable("roc.csv", { columns: ["fpr", "tpr"], rows });
  const [curve] = read?.form === "roc" ? read.curves : [];
  expect(curve!.x.length).toBeLessThan(2_000);
  expect([curve!.x[0], curve!.x.at(-1), curve!.y.at(-1)]).toEqual([0, 1, 1]);
  expect(curve!.area).toBeCloseTo(2 / 3, 4);
});

test("names tell which files are worth a look", () => {
  const worth = ["confusion_matrix.json", "eval/cm.csv", "per_class_metrics.csv", "roc_curve.json", "plots/prc.json"];
  expect(worth.filter(isEvaluationName)).toEqual(worth);
  expect(["confusion_matrix.png", "process.csv", "metrics.json", "acme.json"].filter(isEvaluationName)).toEqual([]);
});
