"""What a model takes, as far as it says so itself: the `input` of a bundle, see src/domain/bundle.ts."""
import json

KNOWN_TYPES = ("boolean", "integer", "long", "float", "double", "string", "binary", "datetime")


def schema_of(model, signature):
    """`{"columns": [...]}`, `{"tensors": [...]}` or None. `signature`: JSON of MLflow's, or None."""
    if signature:
        found = _from_signature(json.loads(signature))
        if found:
            return found
    for look in (_from_onnx, _from_names, _from_booster, _from_count):
        found = look(model)
        if found:
            return found
    return None


def _from_signature(inputs):
    """https://mlflow.org/docs/latest/ml/model/signatures"""
    if not inputs:
        return None
    if all(one.get("type") == "tensor" for one in inputs):
        specs = [(one.get("name"), one["tensor-spec"]) for one in inputs]
        return {"tensors": [tensor(name, spec["dtype"], spec["shape"]) for name, spec in specs]}
    if any(one.get("name") is None for one in inputs):
        return {"tensors": [tensor(None, "float64", [-1, len(inputs)])]}
    types = [one["type"] if one.get("type") in KNOWN_TYPES else "any" for one in inputs]
    return {
        "columns": [
            {"name": one["name"], "type": kind, "required": one.get("required", True)}
            for one, kind in zip(inputs, types)
        ]
    }


# Types of ONNX, as NumPy calls them.
_ONNX = {"float": "float32", "double": "float64", "float16": "float16", "string": "str", "bool": "bool"}


def _from_onnx(model):
    if not hasattr(model, "get_inputs"):
        return None
    tensors = []
    for one in model.get_inputs():
        kind = one.type[len("tensor(") : -1] if one.type.startswith("tensor(") else "float"
        shape = [size if isinstance(size, int) and size > 0 else -1 for size in (one.shape or [-1])]
        tensors.append(tensor(one.name, _ONNX.get(kind, kind), shape))
    return {"tensors": tensors}


def _from_names(model):
    names = getattr(model, "feature_names_in_", None)
    if names is None:
        return None
    return _columns([str(name) for name in names], "double" if _is_numeric(model) else "any")


def _from_booster(model):
    """Boosters of XGBoost and LightGBM."""
    names = getattr(model, "feature_names", None)
    if callable(getattr(model, "feature_name", None)):
        names = model.feature_name()
        # What LightGBM calls columns that have no names.
        if all(name == "Column_%d" % place for place, name in enumerate(names)):
            names = None
    if isinstance(names, (list, tuple)) and names:
        return _columns([str(name) for name in names], "double")
    for count in ("num_features", "num_feature"):
        if callable(getattr(model, count, None)):
            return {"tensors": [tensor(None, "float64", [-1, int(getattr(model, count)())])]}
    return None


def _from_count(model):
    count = getattr(model, "n_features_in_", None)
    return {"tensors": [tensor(None, "float64", [-1, int(count)])]} if count else None


# Parts of scikit-learn that can make numbers of texts.
_READ_TEXTS = ("ColumnTransformer", "FeatureUnion", "FunctionTransformer", "SimpleImputer", "KBinsDiscretizer")


def _is_numeric(model):
    """Whether it and all that it is made of take numbers only."""
    try:
        params = model.get_params(deep=True).values() if hasattr(model, "get_params") else ()
    except Exception:  # A class of the user's that does not keep to the rules.
        return False
    parts = [model] + [part for part in params if hasattr(part, "fit")]
    return all(_takes_numbers(type(part)) for part in parts)


def _takes_numbers(kind):
    name = kind.__name__
    known = kind.__module__.partition(".")[0] in ("sklearn", "xgboost", "lightgbm")
    return known and name not in _READ_TEXTS and not name.endswith(("Encoder", "Vectorizer", "Hasher"))


def _columns(names, kind):
    return {"columns": [{"name": name, "type": kind, "required": True} for name in names]}


def tensor(name, dtype, shape):
    return {"name": name, "dtype": str(dtype), "shape": [int(size) for size in shape]}
