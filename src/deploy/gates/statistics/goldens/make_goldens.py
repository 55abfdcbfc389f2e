"""
Writes goldens.json: figures of SciPy, scikit-learn and fairlearn that the statistics of gates are checked against.
`pip install scipy scikit-learn fairlearn`, then `python make_goldens.py` and `npx biome check --write` of
it. The versions stand in the file.
"""

import json
import sys
from pathlib import Path

import fairlearn
import numpy as np
import scipy
import sklearn
from fairlearn import metrics as fair
from scipy import stats
from sklearn import metrics

random = np.random.default_rng(20)


def rows(array):
    return np.asarray(array).tolist()


def mcnemar():
    found = []
    for first, second in [(0, 0), (1, 0), (5, 0), (12, 3), (3, 12), (40, 60), (700, 612), (2500, 2700)]:
        pairs = first + second
        found.append(
            {
                "first": first,
                "second": second,
                "worse": stats.binomtest(first, pairs, alternative="greater").pvalue if pairs else 1,
                "different": stats.binomtest(first, pairs).pvalue if pairs else 1,
            }
        )
    return found


def wilson():
    found = []
    for count, total, confidence in [(0, 10, 0.95), (3, 10, 0.9), (50, 100, 0.99), (999, 1000, 0.95), (10, 10, 0.8)]:
        limits = stats.binomtest(count, total).proportion_ci(confidence, method="wilson")
        found.append({"count": count, "total": total, "confidence": confidence, "limits": [limits.low, limits.high]})
    return found


def classes(count, size=60):
    actual = random.integers(0, count, size)
    scores = random.dirichlet(np.ones(count), size)
    scores[np.arange(size), actual] += random.random(size)
    scores = np.round(scores / scores.sum(axis=1, keepdims=True), 2)  # with ties
    scores /= scores.sum(axis=1, keepdims=True)
    predicted = scores.argmax(axis=1)
    average = "binary" if count == 2 else "macro"
    area = metrics.roc_auc_score(actual, scores[:, 1]) if count == 2 else metrics.roc_auc_score(actual, scores, multi_class="ovr")
    return {
        "actual": rows(actual),
        "predicted": rows(predicted),
        "scores": rows(scores),
        "accuracy": metrics.accuracy_score(actual, predicted),
        "balanced_accuracy": metrics.balanced_accuracy_score(actual, predicted),
        "f1": metrics.f1_score(actual, predicted, average=average),
        "precision": metrics.precision_score(actual, predicted, average=average),
        "recall": metrics.recall_score(actual, predicted, average=average),
        "log_loss": metrics.log_loss(actual, scores),
        "roc_auc": area,
    }


def numbers():
    actual = random.normal(size=50)
    predicted = actual + random.normal(size=50) / 2
    return {
        "actual": rows(actual),
        "predicted": rows(predicted),
        "mse": metrics.mean_squared_error(actual, predicted),
        "rmse": metrics.root_mean_squared_error(actual, predicted),
        "mae": metrics.mean_absolute_error(actual, predicted),
        "r2": metrics.r2_score(actual, predicted),
    }


def fairness():
    actual, predicted, groups = (random.integers(0, top, 300) for top in (2, 2, 3))
    predicted = np.where(groups == 1, predicted & random.integers(0, 2, 300), predicted)
    told = dict(y_true=actual, y_pred=predicted, sensitive_features=groups)
    return {
        "actual": rows(actual),
        "predicted": rows(predicted),
        "groups": rows(groups),
        "parityDifference": fair.demographic_parity_difference(**told),
        "parityRatio": fair.demographic_parity_ratio(**told),
        "oddsDifference": fair.equalized_odds_difference(**told),
        "oddsRatio": fair.equalized_odds_ratio(**told),
    }


def bootstrap():
    first = random.normal(size=80)
    second = first + random.normal(loc=0.1, size=80) / 2
    found = stats.bootstrap(
        (first, second),
        lambda one, other, axis: (other - one).mean(axis=axis),
        paired=True,
        confidence_level=0.9,
        n_resamples=100_000,
        method="percentile",
        random_state=1,
    )
    limits = found.confidence_interval
    return {"first": rows(first), "second": rows(second), "confidence": 0.9, "limits": [limits.low, limits.high]}


def slope():
    x = np.arange(40)
    y = 0.3 * x + random.normal(size=40)
    y[5] = 100
    values = random.normal(size=33)
    return {
        "x": rows(x),
        "y": rows(y),
        "slope": stats.theilslopes(y, x).slope,
        "values": rows(values),
        "quantiles": rows(np.quantile(values, [0, 0.05, 0.5, 0.99, 1])),
    }


goldens = {
    "versions": {"scipy": scipy.__version__, "scikit-learn": sklearn.__version__, "fairlearn": fairlearn.__version__},
    "mcnemar": mcnemar(),
    "wilson": wilson(),
    "normal": [{"chance": chance, "value": stats.norm.ppf(chance)} for chance in (0.001, 0.02, 0.3, 0.5, 0.95, 0.9999)],
    "two": classes(2),
    "four": classes(4),
    "numbers": numbers(),
    "fairness": fairness(),
    "bootstrap": bootstrap(),
    "slope": slope(),
}
place = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).with_name("goldens.json"))
place.write_text(json.dumps(goldens, indent=1, default=float) + "\n")
