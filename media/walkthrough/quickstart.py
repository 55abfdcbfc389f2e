"""Fit a line to noisy points: a first run for Modeltrail, with nothing but Python."""

import argparse
import json
import random
import time
from pathlib import Path


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learning-rate", type=float, default=0.05, help="step size of gradient descent")
    parser.add_argument("--epochs", type=int, default=40, help="passes over the points")
    parser.add_argument("--noise", type=float, default=0.2, help="how far the points lie off the line")
    parser.add_argument("--seed", type=int, default=1, help="seed of the points")
    return parser.parse_args()


def main():
    args = parse_args()
    rng = random.Random(args.seed)
    points = [(x / 10, 3 * x / 10 - 1 + rng.gauss(0, args.noise)) for x in range(20)]

    slope, offset = 0.0, 0.0
    for epoch in range(1, args.epochs + 1):
        errors = [(slope * x + offset - y, x) for x, y in points]
        slope -= args.learning_rate * sum(error * x for error, x in errors) / len(points)
        offset -= args.learning_rate * sum(error for error, _ in errors) / len(points)
        loss = sum(error**2 for error, _ in errors) / len(points)
        print(f"epoch {epoch}/{args.epochs} loss={loss:.4f}", flush=True)
        time.sleep(0.1)  # so that there is something to watch

    Path("line.json").write_text(json.dumps({"slope": slope, "offset": offset}) + "\n")
    print(f"slope={slope:.3f} offset={offset:.3f}")


if __name__ == "__main__":
    main()
