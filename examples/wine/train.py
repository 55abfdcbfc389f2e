"""Tell from a wine's chemistry which of three cultivars it was made of."""

import argparse
import json
from pathlib import Path

import joblib
import matplotlib
import numpy as np
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import ConfusionMatrixDisplay, accuracy_score, f1_score, log_loss
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

matplotlib.use("Agg")  # draw to a file, also where there is no display
import matplotlib.pyplot as plt  # noqa: E402

HERE = Path(__file__).resolve().parent
DATA = HERE / "data" / "wine.csv"


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--model", choices=["boosting", "forest", "logistic"], default="boosting", help="classifier")
    parser.add_argument("--epochs", type=int, default=50, help="passes over the data, or steps of adding trees")
    parser.add_argument("--n-estimators", type=int, default=1000, help="trees in all (boosting, forest)")
    parser.add_argument("--max-depth", type=int, default=3, help="depth of each tree (boosting, forest)")
    parser.add_argument("--learning-rate", type=float, default=0.005, help="step size (boosting, logistic)")
    parser.add_argument("--subsample", type=float, default=0.8, help="share of the rows that each tree sees (boosting)")
    parser.add_argument("--C", type=float, default=1.0, help="inverse of the regularization strength (logistic)")
    parser.add_argument("--val-size", type=float, default=0.2, help="share of the rows watched while training")
    parser.add_argument("--test-size", type=float, default=0.25, help="share of the rows kept for the final metrics")
    parser.add_argument("--seed", type=int, default=7, help="seed of the splits and of the model")
    parser.add_argument("--out", type=Path, default="outputs", help="folder to write to, relative to this script")
    args = parser.parse_args()
    if min(args.epochs, args.n_estimators) < 1:
        parser.error("--epochs and --n-estimators must be at least 1")
    return args


def load_data(path):
    table = np.loadtxt(path, delimiter=",", skiprows=1)
    return table[:, :-1], table[:, -1].astype(int)


def build_model(args, n_rows):
    trees = dict(max_depth=args.max_depth, random_state=args.seed, warm_start=True)
    if args.model == "boosting":
        return GradientBoostingClassifier(learning_rate=args.learning_rate, subsample=args.subsample, **trees)
    if args.model == "forest":
        return RandomForestClassifier(**trees)
    return SGDClassifier(
        loss="log_loss",
        alpha=1 / (args.C * n_rows),
        learning_rate="constant",
        eta0=args.learning_rate,
        random_state=args.seed,
    )


def train_epochs(model, X, y, args):
    """Train a step further at each turn, and yield how far it is: (epoch, epochs)."""
    if isinstance(model, SGDClassifier):
        for epoch in range(1, args.epochs + 1):
            model.partial_fit(X, y, classes=np.unique(y))
            yield epoch, args.epochs
    else:
        epochs = min(args.epochs, args.n_estimators)
        for epoch in range(1, epochs + 1):
            # With warm_start, fit() keeps the trees that are there and grows the missing ones.
            model.set_params(n_estimators=args.n_estimators * epoch // epochs).fit(X, y)
            yield epoch, epochs


def evaluate(model, X, y):
    predicted = model.predict(X)
    metrics = {
        "accuracy": accuracy_score(y, predicted),
        "f1_macro": f1_score(y, predicted, average="macro"),
        "log_loss": log_loss(y, model.predict_proba(X)),
    }
    return {name: round(float(value), 6) for name, value in metrics.items()}


def plot_confusion(model, X, y, title, path):
    fig, ax = plt.subplots(figsize=(4.6, 4.6))
    ConfusionMatrixDisplay.from_estimator(model, X, y, cmap="Blues", colorbar=False, ax=ax, text_kw={"size": 16})
    ax.set(title=title, xlabel="Predicted cultivar", ylabel="True cultivar")
    fig.savefig(path, dpi=150, bbox_inches="tight")


def main():
    args = parse_args()
    out = HERE / args.out
    out.mkdir(parents=True, exist_ok=True)

    X, y = load_data(DATA)
    X_rest, X_test, y_rest, y_test = train_test_split(
        X, y, test_size=args.test_size, stratify=y, random_state=args.seed
    )
    X_train, X_val, y_train, y_val = train_test_split(
        X_rest, y_rest, test_size=args.val_size / (1 - args.test_size), stratify=y_rest, random_state=args.seed
    )
    print(f"{len(X_train)} wines to train on, {len(X_val)} to validate, {len(X_test)} to test")

    scaler = StandardScaler().fit(X_train)
    classifier = build_model(args, len(X_train))
    model = make_pipeline(scaler, classifier)
    for epoch, epochs in train_epochs(classifier, scaler.transform(X_train), y_train, args):
        loss = log_loss(y_train, model.predict_proba(X_train))
        on_val = evaluate(model, X_val, y_val)
        progress = f"loss={loss:.4f} val_loss={on_val['log_loss']:.4f} val_accuracy={on_val['accuracy']:.4f}"
        print(f"epoch {epoch}/{epochs} {progress}", flush=True)

    metrics = evaluate(model, X_test, y_test)
    print("test", *(f"{name}={value}" for name, value in metrics.items()))
    joblib.dump(model, out / "model.joblib", compress=3)
    (out / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n")
    title = f"{args.model}: {metrics['accuracy']:.1%} of {len(y_test)} test wines right"
    plot_confusion(model, X_test, y_test, title, out / "confusion_matrix.png")
    print(f"Saved the model, metrics and confusion matrix in {out}")


if __name__ == "__main__":
    main()
