/** The one metric that a run is judged by, and which way of it is better. */

/** What people look at first, in this order; a name fits when it ends with one of these as a word of its own. */
const TELLING = [
  /(val|valid|validation|test|eval)\w*[ _./-](acc|accuracy|f1|auc|score)$/i,
  /(^|[ _./-])(acc|accuracy)$/i,
  /(^|[ _./-])(f1|auc|auroc|r2|map|iou|bleu|score)$/i,
  /(val|valid|validation|test|eval)\w*[ _./-](loss|error|rmse|mae|mse)$/i,
  /(^|[ _./-])(loss|error|rmse|mae|mse|perplexity)$/i,
];
const SYSTEM = /^system[./]/;
/** Where the run is, not how good it is. */
const PROGRESS = /^(epoch|step|iteration|time|lr)$/i;

/** The most telling of the names; undefined when there are none but those of the machine's load. */
export function tellingMetric(names: Iterable<string>): string | undefined {
  const candidates = [...names].filter((name) => !SYSTEM.test(name));
  for (const pattern of TELLING) {
    const found = candidates.find((name) => pattern.test(name));
    if (found) return found;
  }
  return candidates.find((name) => !PROGRESS.test(name)) ?? candidates[0];
}

/** Of what less is better, as a word of its own in the name, wherever it stands: "val_loss", "loss/train", "fit time". */
const LESS =
  /(^|[^a-z])(\w*loss|errors?|err|n?rmse|n?mae|mse|msle|mape|smape|perplexity|ppl|wer|cer|fid|nll|bpb|cross_?entropy|deviance|distance|regret|latency|duration|time|seconds|cost|eer|fpr|fnr)(?=$|[^a-z])/i;

/** Whether less of it is better, by its name: losses, errors and times. Of anything else more counts as better. */
export function isLessBetter(name: string): boolean {
  return LESS.test(name.replace(/([a-z\d])([A-Z])/g, "$1_$2"));
}
