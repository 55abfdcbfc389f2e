/** For tests: a model whose answers tell which one it is, and that can be made to fail. */

/** `kinds.py`, a model of a project's own: it answers with its number, and once there is a certain file, only once in each process. */
export const CONSTANT_MODEL = `import os
import numpy
from sklearn.base import BaseEstimator

answered = []

class Constant(BaseEstimator):
    def __init__(self, number=0, fails_with=""):
        self.number, self.fails_with = number, fails_with

    def fit(self, rows):
        self.n_features_in_ = rows.shape[1]
        return self

    def predict(self, rows):
        if self.fails_with and os.path.exists(self.fails_with) and answered:
            raise RuntimeError("no luck today")
        answered.append(len(rows))
        return numpy.full(len(rows), self.number)
`;

/** Trains it: --number is what it answers, --fails-with that file. */
export const CONSTANT_TRAINING = `import argparse
import joblib, numpy
from kinds import Constant
parser = argparse.ArgumentParser()
parser.add_argument("--number", type=int, default=0)
parser.add_argument("--accuracy", type=float, default=0.9)
parser.add_argument("--fails-with", default="")
args = parser.parse_args()
joblib.dump(Constant(args.number, args.fails_with).fit(numpy.zeros((3, 1))), "model.joblib")
print(f"accuracy: {args.accuracy}")
`;
