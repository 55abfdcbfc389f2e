"""Tell iris species from four measurements, with a small neural network in plain Python."""

import argparse
import csv
import json
import math
import random
from pathlib import Path
from statistics import mean, pstdev

HERE = Path(__file__).resolve().parent


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--epochs", type=int, default=200, help="passes over the training rows")
    parser.add_argument("--hidden", type=int, default=32, help="neurons in the hidden layer")
    parser.add_argument("--learning-rate", type=float, default=0.003, help="step size of gradient descent")
    parser.add_argument("--val-size", type=float, default=0.2, help="share of the rows watched while training")
    parser.add_argument("--test-size", type=float, default=0.2, help="share of the rows kept for the final metrics")
    parser.add_argument("--seed", type=int, default=3, help="seed of the split, the weights and the order of the rows")
    parser.add_argument("--out", type=Path, default="outputs", help="folder to write to, relative to this script")
    args = parser.parse_args()
    if args.epochs < 1:
        parser.error("--epochs must be at least 1")
    return args


def load_data(path):
    """Return (measurements, species) of each flower."""
    with open(path, newline="") as file:
        next(file)  # the header
        return [([float(value) for value in row[:-1]], row[-1]) for row in csv.reader(file)]


def split_and_scale(flowers, species, args):
    """Return (features, class index) of the training, validation and test rows, scaled by the training rows alone."""
    n_test, n_val = round(len(flowers) * args.test_size), round(len(flowers) * args.val_size)
    scale = [(mean(column), pstdev(column)) for column in zip(*(values for values, _ in flowers[n_test + n_val :]))]
    data = [([(v - m) / s for v, (m, s) in zip(values, scale)], species.index(name)) for values, name in flowers]
    return data[n_test + n_val :], data[n_test : n_test + n_val], data[:n_test], scale


def new_layer(rng, n_in, n_out):
    """One row of weights for each neuron; the last weight of a row is its bias."""
    return [[rng.gauss(0, 1 / math.sqrt(n_in)) for _ in range(n_in)] + [0.0] for _ in range(n_out)]


def forward(layers, x):
    """Return what the hidden neurons give, and the probability of each class."""
    hidden = [math.tanh(sum(w * v for w, v in zip(row, x + [1.0]))) for row in layers[0]]
    scores = [sum(w * v for w, v in zip(row, hidden + [1.0])) for row in layers[1]]
    exps = [math.exp(score - max(scores)) for score in scores]  # without max(), exp() could overflow
    return hidden, [e / sum(exps) for e in exps]


def train_step(layers, x, label, rate):
    """Move all weights one step down the gradient of the cross-entropy of one row."""
    hidden, probs = forward(layers, x)
    out_errors = [p - (k == label) for k, p in enumerate(probs)]
    pulls = [sum(e * row[j] for e, row in zip(out_errors, layers[1])) for j in range(len(hidden))]
    hidden_errors = [(1 - h * h) * pull for h, pull in zip(hidden, pulls)]  # tanh' is 1 - tanh^2
    for layer, inputs, errors in ((layers[0], x, hidden_errors), (layers[1], hidden, out_errors)):
        for row, error in zip(layer, errors):
            row[:] = [w - rate * error * v for w, v in zip(row, inputs + [1.0])]


def evaluate(layers, data):
    """Return the accuracy and the mean cross-entropy."""
    results = [(forward(layers, x)[1], label) for x, label in data]
    loss = -sum(math.log(max(probs[label], 1e-15)) for probs, label in results) / len(data)
    right = sum(probs.index(max(probs)) == label for probs, label in results)
    return {"accuracy": round(right / len(data), 6), "log_loss": round(loss, 6)}


def draw_curves(history):
    """Return an SVG picture of the (training loss, validation loss) of each epoch."""
    top = max(max(losses) for losses in history)
    svg = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 280" font-family="sans-serif" font-size="13">']
    svg += ['<rect width="480" height="280" fill="#fff"/><path d="M50 20V240H460" fill="none" stroke="#888"/>']
    svg += [f'<text x="12" y="24">{top:.2f}</text><text x="36" y="244">0</text><text x="230" y="266">epochs</text>']
    for losses, name, colour, y in zip(zip(*history), ("training", "validation"), ("#1f77b4", "#d62728"), (36, 56)):
        points = [f"{50 + 410 * i / len(losses):.1f},{240 - 220 * v / top:.1f}" for i, v in enumerate(losses, 1)]
        svg += [f'<polyline points="{" ".join(points)}" fill="none" stroke="{colour}" stroke-width="2"/>']
        svg += [f'<text x="360" y="{y}" fill="{colour}">{name} loss</text>']
    return "\n".join([*svg, "</svg>\n"])


def main():
    args = parse_args()
    out = HERE / args.out
    out.mkdir(parents=True, exist_ok=True)
    rng = random.Random(args.seed)
    flowers = load_data(HERE / "data" / "iris.csv")
    rng.shuffle(flowers)
    species = sorted({name for _, name in flowers})
    train, val, test, scale = split_and_scale(flowers, species, args)
    layers = [new_layer(rng, len(scale), args.hidden), new_layer(rng, args.hidden, len(species))]

    history = []
    for epoch in range(1, args.epochs + 1):
        rng.shuffle(train)
        for x, label in train:
            train_step(layers, x, label, args.learning_rate)
        loss, on_val = evaluate(layers, train)["log_loss"], evaluate(layers, val)
        history.append((loss, on_val["log_loss"]))
        progress = f"loss={loss:.4f} val_loss={on_val['log_loss']:.4f} val_accuracy={on_val['accuracy']:.4f}"
        print(f"epoch {epoch}/{args.epochs} {progress}", flush=True)

    metrics = evaluate(layers, test)
    print("test", *(f"{name}={value}" for name, value in metrics.items()))
    (out / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n")
    (out / "model.json").write_text(json.dumps({"species": species, "scale": scale, "layers": layers}) + "\n")
    (out / "loss.svg").write_text(draw_curves(history))
    print(f"Saved the model, metrics and loss curves in {out}")


if __name__ == "__main__":
    main()
