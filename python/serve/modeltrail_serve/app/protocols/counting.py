"""How many rows a request asked for."""


def rows_in(data):
    """Of a Table, or of {name: array}."""
    if hasattr(data, "rows"):
        return data.rows
    first = next(iter(data.values()), None)
    return len(first) if getattr(first, "ndim", 0) else 1
