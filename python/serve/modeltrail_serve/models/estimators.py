"""Estimators of scikit-learn, and what looks like them."""

import pickle
import warnings

from ..inputs import Table
from ..problems import Invalid
from .code import require_code

# They compute the same from an array as from a frame: they look at no names and no types of columns.
PLAIN_PACKAGES = ("sklearn", "xgboost", "lightgbm")
# Those do look, or may.
LOOKING = (
    "ColumnTransformer",
    "FunctionTransformer",
    "FeatureUnion",
    "OrdinalEncoder",
    "OneHotEncoder",
    "TargetEncoder",
)


def load_joblib(path, manifest):
    require_code(manifest, "Reading a joblib file")
    import joblib

    return Estimator(joblib.load(path))


def load_pickle(path, manifest):
    require_code(manifest, "Reading a pickle")
    with open(path, "rb") as file:
        try:
            import cloudpickle as reader
        except ImportError:
            reader = pickle
        return Estimator(reader.load(file))


def load_skops(path, manifest):
    """
    Types that skops does not know are taken only when the bundle's maker agreed to code of the model's being run, whatever
    the model itself says that is to be trusted.
    """
    from skops.io import get_untrusted_types
    from skops.io import load as load_file

    unknown = get_untrusted_types(file=path)
    refused = [] if manifest.executes_code else sorted(unknown)
    if refused:
        raise ValueError("The model holds types that are not known to be safe: %s." % ", ".join(refused))
    return Estimator(load_file(path, trusted=unknown))


class Estimator:
    """Anything with `predict`. `method`: what is called when the request names no other."""

    def __init__(self, estimator, method="predict"):
        if not callable(getattr(estimator, method, None)):
            raise ValueError("The model is a %s, which has no method %s." % (type(estimator).__name__, method))
        self.estimator = estimator
        self.method = method
        self.plain = is_plain(estimator)
        names = feature_names(estimator)
        self.names = None if names is None else list(names)
        # Arrays are given in the order of the names, which is all that the warning is about.
        warnings.filterwarnings("ignore", message="X does not have valid feature names")

    def for_requests(self):
        """For rows that come one by one, threads that are begun and ended for each cost more than they bring."""
        if not self.plain or not hasattr(self.estimator, "get_params"):
            return
        many = {
            name: 1
            for name, value in self.estimator.get_params(deep=True).items()
            if _is_threads(name) and value not in (None, 1)
        }
        if many:
            self.estimator.set_params(**many)

    def run(self, data, params, method="predict"):
        function = getattr(self.estimator, self.method if method == "predict" else method, None)
        if function is None:
            raise Invalid("The model has no method %s." % method)
        return function(self.shaped(data))

    def shaped(self, data):
        if not isinstance(data, Table):
            return next(iter(data.values())) if len(data) == 1 else data
        if self.plain and (self.names is None or self.names == data.names):
            matrix = data.matrix()
            if matrix is not None:
                return matrix
        return data.frame()


def _is_threads(name):
    return name == "n_jobs" or name.endswith("__n_jobs")


def feature_names(estimator):
    try:
        return getattr(estimator, "feature_names_in_", None)
    except Exception:  # some compute it, and have none
        return None


def is_plain(estimator):
    """Whether it and all that it is made of may be given an array in place of a frame of numbers."""
    parts = [estimator]
    if hasattr(estimator, "get_params"):
        try:
            parts += [part for part in estimator.get_params(deep=True).values() if hasattr(part, "fit")]
        except Exception:  # a class of the user's that does not keep to the rules
            return False
    return all(_looks_at_no_names(part) for part in parts)


def _looks_at_no_names(part):
    package = type(part).__module__.partition(".")[0]
    return (
        package in PLAIN_PACKAGES
        and type(part).__name__ not in LOOKING
        and not getattr(part, "_sklearn_output_config", None)
    )
