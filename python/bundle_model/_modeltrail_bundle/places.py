"""Rows for a model that knows its columns by their places only: of tables that have just these columns, or one besides."""
from . import columns as tables

# What the column with the answers is called, when nobody says.
LABELS = ("target", "label", "labels", "class", "y", "outcome")


def find_rows(width, files, features, label):
    """(the file's name, rows of numbers, names of columns left out) of the table that fits best; None when there is none.

    `features`: names of the columns in their order, or None. `label`: the name of the one with the answers, or None.
    """
    for choose in (_told, _guessed):
        for file in files:
            try:
                found = _look(file, width, lambda names: choose(names, width, features, label))
            except Exception:  # Another's file: damaged, of another encoding, with texts where there should be numbers.
                continue
            if found is not None:
                return found
    return None


def _look(file, width, choose):
    for names in tables.headers(file):
        chosen = choose(names)
        if chosen is None or len(chosen) != width:
            continue
        table = tables.read(file, {name: "double" for name in chosen})
        rows = [list(row) for row in zip(*(table[name] for name in chosen)) if _is_whole(row)]
        if rows:
            return file["name"], rows, [name for name in names if name not in chosen]
    return None


def _is_whole(row):
    return all(isinstance(value, (int, float)) and value - value == 0 for value in row)


def _told(names, width, features, label):
    if features is not None:
        return features if set(features) <= set(names) else None
    return names if len(names) == width else [name for name in names if name != label]


def _guessed(names, width, features, label):
    if features is not None or len(names) != width + 1:
        return None
    answers = [name for name in names if name.strip().lower() in LABELS]
    left_out = answers[0] if len(answers) == 1 else names[-1]
    return [name for name in names if name != left_out]
