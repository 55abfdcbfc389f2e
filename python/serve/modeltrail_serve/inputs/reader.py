"""Makes of the parts of a request what the schema of a bundle asks for."""

from itertools import chain
from operator import itemgetter

import numpy

from ..problems import Invalid, Refused
from .csvtext import file_of, rows_of, typed
from .table import Table
from .tensors import array_of, named_tensors, tensor_of
from .values import NUMBERS, convert, described, infer, missing, quoted

NAMES_SHOWN = 10
MOST_CELLS = 10_000_000
NO_RECORD = "Row %d: expected an object with a value for each column, got %s."


class Reader:
    """`rows`: how many one request may have."""

    def __init__(self, manifest, rows=None):
        self.columns = manifest.columns
        self.tensors = manifest.tensors
        self.limit = rows
        self.names = [column.name for column in self.columns] if self.columns is not None else None
        # One matrix right away, without a look at each column.
        self.uniform = bool(self.columns) and {column.type for column in self.columns} == {"double"}
        self.pick = _picker(self.names) if self.uniform else None

    def records(self, records):
        """A list of {column: value}."""
        self._count(records, "a list of objects")
        if self.pick is not None:
            quick = self._quick(records, self.pick)
            if quick is not None:
                return quick
        for row, record in enumerate(records):
            if not isinstance(record, dict):
                raise Invalid(NO_RECORD % (row + 1, described(record)))
        names = self.names if self.columns is not None else _all_names(records)
        columns = {name: [record.get(name) for record in records] for name in names}
        if self.columns is not None:
            self._no_holes(records)
        return self._table(columns, len(records))

    def rows(self, rows, names=None):
        """A list of lists; without `names`, in the schema's order."""
        self._count(rows, "a list of rows")
        if names is None and self.tensors is not None:
            return self._tensors(rows)
        if names is None and self.columns is None:
            return self._unknown(rows)
        given = names if names is not None else self.names
        if names is not None:
            _check_names(names)
        if self.uniform and given == self.names:
            quick = self._quick(rows, None)
            if quick is not None:
                return quick
        for row, values in enumerate(rows):
            if not isinstance(values, list):
                raise Invalid(
                    "Row %d: expected a list of %d values, got %s." % (row + 1, len(given), described(values))
                )
            if len(values) != len(given):
                raise Invalid("Row %d: expected %d values, got %d." % (row + 1, len(given), len(values)))
        columns = {name: [values[index] for values in rows] for index, name in enumerate(given)}
        return self._table(columns, len(rows))

    def by_column(self, columns):
        """{column: list of values, or one value for one row}."""
        if columns and not any(isinstance(values, (list, numpy.ndarray)) for values in columns.values()):
            columns = {name: [value] for name, value in columns.items()}
        lengths = {}
        for name, values in columns.items():
            if not isinstance(values, (list, numpy.ndarray)):
                raise Invalid("Column %s: expected a list of values, got %s." % (quoted(name), described(values)))
            lengths.setdefault(len(values), name)
        if len(lengths) > 1:
            (first, one), (second, other) = list(lengths.items())[:2]
            raise Invalid(
                "Columns of one length are expected: %s has %d values, %s has %d."
                % (quoted(one), first, quoted(other), second)
            )
        rows = next(iter(lengths), 0)
        self._enough(rows)
        return self._table(columns, rows)

    def values(self, values):
        """What `instances` or `inputs` hold: rows, records, columns or tensors."""
        if self.tensors is not None:
            return self._tensors(values)
        if isinstance(values, dict):
            return self.by_column(values)
        if not isinstance(values, list):
            return self.rows([[values]])
        self._enough(len(values))
        if values and isinstance(values[0], dict):
            return self.records(values)
        if values and not isinstance(values[0], list) and self.columns is not None:
            # One column may be given as a plain list.
            if len(self.columns) != 1:
                raise Invalid(
                    "Row 1: expected a list of %d values or an object, got %s."
                    % (len(self.columns), described(values[0]))
                )
            return self.by_column({self.names[0]: values})
        return self.rows(values)

    def named(self, arrays):
        """{name: array} that came with their shapes: columns, a matrix of all columns, or the model's own tensors."""
        self._enough(max((len(array) for array in arrays.values() if array.ndim), default=0))
        if self.tensors is not None:
            return named_tensors(arrays, self.tensors)
        if len(arrays) == 1:
            name, array = next(iter(arrays.items()))
            if self.columns is None:
                return {None: array}
            if array.ndim == 2 and (len(self.columns) > 1 or name != self.names[0]):
                return self._matrix(array)
        flat = {name: array.reshape(-1) for name, array in arrays.items() if array.ndim == 1 or array.shape[1:] == (1,)}
        if len(flat) < len(arrays):
            name = next(name for name in arrays if name not in flat)
            raise Invalid("Input %s: expected a value for each row (the shape [rows] or [rows, 1])." % quoted(name))
        return self.by_column(flat)

    def csv(self, body, header=None):
        """Bytes of CSV. `header`: whether it has a line of names; None: it has, unless that line has no name of the schema."""
        names, rows = rows_of(file_of(body))
        if header is None:
            header = self.names is None or len(names) != len(self.names) or any(name in self.names for name in names)
        if header:
            return self.texts(names, list(rows))
        return self.texts(self.names or ["%d" % index for index in range(len(names))], [names, *rows])

    def texts(self, names, rows):
        """Lists of texts, as a CSV has them."""
        _check_names(names)
        self._enough(len(rows))
        kinds = {column.name: column.type for column in self.columns or ()}
        columns = list(zip(*rows)) if rows else [()] * len(names)
        given = {name: typed(column, kinds.get(name)) for name, column in zip(names, columns)}
        return self._table(given, len(rows))

    def table_tensors(self, table):
        """The one tensor that a table stands for, where the model takes tensors."""
        if len(self.tensors) > 1:
            return named_tensors(dict(zip(table.names, [column.tolist() for column in table.columns])), self.tensors)
        matrix = table.matrix()
        if matrix is None:
            raise Invalid("This model takes numbers only.")
        return {self.tensors[0].name: tensor_of(matrix, self.tensors[0])}

    def _tensors(self, values):
        if isinstance(values, list):
            self._enough(len(values))
            if values and isinstance(values[0], dict):
                gathered = {}
                for row, record in enumerate(values):
                    if not isinstance(record, dict) or record.keys() != values[0].keys():
                        raise Invalid("Row %d: expected an object with the same names as row 1." % (row + 1))
                    for name, value in record.items():
                        gathered.setdefault(name, []).append(value)
                return named_tensors(gathered, self.tensors)
        if isinstance(values, dict):
            return named_tensors(values, self.tensors)
        if len(self.tensors) != 1:
            names = ", ".join(quoted(tensor.name) for tensor in self.tensors)
            raise Invalid("This model takes %d tensors: give each by its name (%s)." % (len(self.tensors), names))
        return {self.tensors[0].name: tensor_of(values, self.tensors[0])}

    def _unknown(self, values):
        try:
            array = array_of(values)
        except (ValueError, OverflowError):
            raise Invalid("Rows of one length are expected.") from None
        if array.dtype.kind in "OU" and array.ndim == 2:
            return Table(
                list(range(array.shape[1])), array.shape[0], columns=[infer(list(column)) for column in zip(*values)]
            )
        return {None: array}

    def _matrix(self, array):
        if array.shape[1] != len(self.names):
            raise Invalid("Expected %d columns, got %d." % (len(self.names), array.shape[1]))
        if self.uniform and array.dtype.kind in "iuf" and not numpy.isinf(array).any():
            return Table(self.names, len(array), matrix=numpy.asfortranarray(array, dtype="float64"))
        return self._table({name: array[:, index] for index, name in enumerate(self.names)}, len(array))

    def _quick(self, rows, pick):
        """For numbers alone. None: something is unusual, and the slow way finds out what."""
        try:
            if pick is not None:
                rows = list(map(pick, rows))
            if not rows or not set(map(type, chain.from_iterable(rows))) <= NUMBERS:
                return None
            matrix = numpy.array(rows, dtype="float64", order="F")
        except (KeyError, TypeError, ValueError, OverflowError, IndexError):
            return None
        if matrix.ndim != 2 or matrix.shape[1] != len(self.names) or numpy.isinf(matrix).any():
            return None
        return Table(self.names, len(rows), matrix=matrix)

    def _table(self, columns, rows):
        """In the schema's order and types; what it does not name is left out."""
        if self.columns is None:
            converted = [values if isinstance(values, numpy.ndarray) else infer(values) for values in columns.values()]
            return Table(list(columns), rows, columns=converted)
        lacking = [column.name for column in self.columns if column.required and column.name not in columns]
        if lacking:
            raise Invalid("%s missing: %s." % ("A column is" if len(lacking) == 1 else "Columns are", _listed(lacking)))
        made = []
        for column in self.columns:
            if column.name not in columns:
                made.append(missing(column.type, rows))
                continue
            values = columns[column.name]
            values = values.tolist() if isinstance(values, numpy.ndarray) else values
            made.append(convert(column.name, column.type, values, column.required))
        return Table(self.names, rows, columns=made)

    def _no_holes(self, records):
        for column in self.columns:
            if not column.required:
                continue
            for row, record in enumerate(records):
                if column.name not in record:
                    lacking = [each.name for each in self.columns if each.required and each.name not in record]
                    raise Invalid(
                        "Row %d: %s missing: %s."
                        % (row + 1, "a column is" if len(lacking) == 1 else "columns are", _listed(lacking))
                    )

    def _count(self, rows, expected):
        if not isinstance(rows, list):
            raise Invalid("Expected %s, got %s." % (expected, described(rows)))
        self._enough(len(rows))

    def _enough(self, rows):
        if self.limit is not None and rows > self.limit:
            raise Refused("The request has %d rows; this server takes %d at once." % (rows, self.limit), 413)


def _all_names(records):
    """A small request must not become a large table: records that have few names in common would."""
    names = list(dict.fromkeys(chain.from_iterable(records)))
    if len(names) * len(records) > MOST_CELLS and len(names) > 2 * max(map(len, records)):
        raise Refused("The objects have %d different names, too many for %d rows." % (len(names), len(records)), 413)
    return names


def _picker(names):
    return itemgetter(*names) if len(names) > 1 else (lambda record: (record[names[0]],))


def _check_names(names):
    if not isinstance(names, list):
        raise Invalid("Expected a list of column names, got %s." % described(names))
    seen = set()
    for name in names:
        if not isinstance(name, (str, int)) or isinstance(name, bool):
            raise Invalid("Expected the name of a column, got %s." % described(name))
        if name in seen:
            raise Invalid("Column %s is there twice." % quoted(name))
        seen.add(name)


def _listed(names):
    shown = ", ".join(quoted(name) for name in names[:NAMES_SHOWN])
    return shown if len(names) <= NAMES_SHOWN else "%s and %d more" % (shown, len(names) - NAMES_SHOWN)
