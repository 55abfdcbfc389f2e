"""Files that XGBoost and LightGBM write by themselves."""

import json

from ..inputs import Table
from .estimators import Estimator


def load_xgboost(path, manifest):
    """A file of the scikit-learn interface says so, and answers as that does: classes, not their probabilities."""
    import xgboost

    booster = xgboost.Booster()
    booster.load_model(path)
    made = json.loads(booster.attr("scikit_learn") or "{}")
    kind = made.get("_estimator_type")
    if kind in ("classifier", "regressor"):
        estimator = xgboost.XGBClassifier() if kind == "classifier" else xgboost.XGBRegressor()
        estimator.load_model(path)
        return Estimator(estimator)
    return XgboostBooster(booster)


class XgboostBooster:
    def __init__(self, booster):
        self.booster = booster
        self.names = booster.feature_names

    def run(self, data, params, method="predict"):
        import xgboost

        matrix = numbers(data, self.names)
        if matrix is not None and not params:
            return self.booster.inplace_predict(matrix)
        given = data.frame() if isinstance(data, Table) else next(iter(data.values()))
        return self.booster.predict(xgboost.DMatrix(given), **params)


def load_lightgbm(path, manifest):
    import lightgbm

    return LightgbmBooster(lightgbm.Booster(model_file=path))


class LightgbmBooster:
    def __init__(self, booster):
        self.booster = booster
        # Without names of their own, LightGBM calls columns Column_0, Column_1, …
        names = booster.feature_name()
        self.names = None if names == ["Column_%d" % index for index in range(len(names))] else names

    def run(self, data, params, method="predict"):
        matrix = numbers(data, self.names)
        if matrix is None:
            matrix = data.frame() if isinstance(data, Table) else next(iter(data.values()))
        return self.booster.predict(matrix)


def numbers(data, names):
    """The array that a table stands for when its columns are those `names` (any, if None); None when it is none of numbers."""
    if not isinstance(data, Table):
        return next(iter(data.values()))
    return data.matrix() if names is None or list(names) == [str(name) for name in data.names] else None
