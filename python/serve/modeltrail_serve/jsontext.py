"""JSON in and out: by orjson where it is installed, else by the standard library, with the same results."""

import base64
import datetime
import json

from .problems import Malformed

try:
    import orjson
except ImportError:
    orjson = None

NOT_JSON = "The request is not valid JSON: %s"


def read(body):
    """The value of `body`, bytes in UTF-8. NaN, which MLflow's client writes for what is missing, is taken; Infinity is not."""
    if orjson is not None:
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError as error:
            if b"NaN" not in body:
                raise Malformed(NOT_JSON % error) from None
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_constant)
        if b"\\u" in body:
            json.dumps(value, ensure_ascii=False).encode("utf-8")  # half a character is no text
        return value
    except UnicodeEncodeError:
        raise Malformed(NOT_JSON % "it holds half of a character") from None
    except UnicodeDecodeError as error:
        raise Malformed(NOT_JSON % ("it is not in UTF-8 (byte %d)" % error.start)) from None
    except RecursionError:
        raise Malformed(NOT_JSON % "it is nested too deeply") from None
    except ValueError as error:
        raise Malformed(NOT_JSON % error) from None


def _constant(name):
    if name == "NaN":
        return float("nan")
    raise Malformed(NOT_JSON % ("%s is no number of JSON" % name))


def write(value):
    """Bytes. What is no number (NaN, Infinity) becomes null. Throws TypeError for what JSON cannot hold."""
    if orjson is not None:
        return orjson.dumps(value, default=plain, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS)
    return json.dumps(_finite(value), default=_plain_finite, allow_nan=False, separators=(",", ":")).encode("utf-8")


def plain(value):
    """What JSON can hold, for a value of NumPy, pandas or the standard library."""
    if hasattr(value, "tolist"):  # arrays and scalars of NumPy, series of pandas
        return value.tolist()
    if hasattr(value, "to_dict"):
        return value.to_dict(orient="records")
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, (set, frozenset, tuple)):
        return list(value)
    raise TypeError("A %s cannot be sent as JSON." % type(value).__name__)


def _plain_finite(value):
    return _finite(plain(value))


def _finite(value):
    if isinstance(value, float):
        return value if value - value == 0 else None
    if isinstance(value, dict):
        return {_key(key): _finite(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(part) for part in value]
    return value


def _key(key):
    return key if isinstance(key, str) else str(key.item() if hasattr(key, "item") else key)
