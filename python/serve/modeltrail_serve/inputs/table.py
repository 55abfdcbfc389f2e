"""A table of named columns of one length."""

import numpy


class Table:
    """Made of columns, or of a matrix whose columns they are: whichever is not there is made when it is asked for."""

    __slots__ = ("names", "rows", "_columns", "_matrix")

    def __init__(self, names, rows, columns=None, matrix=None):
        self.names = names
        self.rows = rows
        self._columns = columns
        self._matrix = matrix

    @property
    def columns(self):
        """Arrays of one dimension, in the order of `names`."""
        if self._columns is None:
            self._columns = [self._matrix[:, index] for index in range(len(self.names))]
        return self._columns

    def matrix(self):
        """
        All values in one array, column after column in memory, and of the type that pandas would give a frame's values: what
        an estimator computes is then the same to the last bit. None when there are others than numbers.
        """
        if self._matrix is None and self._columns:
            dtypes = [column.dtype for column in self._columns]
            kinds = {dtype.kind for dtype in dtypes}
            if kinds <= {"i", "u", "f"} or kinds == {"b"}:
                matrix = numpy.empty((self.rows, len(dtypes)), dtype=numpy.result_type(*dtypes), order="F")
                for index, column in enumerate(self._columns):
                    matrix[:, index] = column
                self._matrix = matrix
        return self._matrix

    def frame(self):
        """As a DataFrame of pandas."""
        import pandas

        if self._columns is None:
            return pandas.DataFrame(self._matrix, columns=self.names, copy=False)
        if len(set(self.names)) < len(self.names):
            frame = pandas.DataFrame(dict(enumerate(self._columns)), copy=False)
            frame.columns = self.names
            return frame
        return pandas.DataFrame(dict(zip(self.names, self._columns)), copy=False)

    def records(self):
        """As a list of {name: value} with values of the standard library."""
        columns = [column.tolist() for column in self.columns]
        return [dict(zip(self.names, row)) for row in zip(*columns)]

    def first_missing(self):
        """(row, name) of the first value that is not there; None when all are."""
        for name, column in zip(self.names, self.columns):
            # What differs from itself is NaN, or NaT.
            holes = [value is None for value in column.tolist()] if column.dtype.kind == "O" else column != column
            found = numpy.flatnonzero(holes)
            if len(found):
                return int(found[0]), name
        return None

    def slice(self, start, end):
        return Table(self.names, end - start, columns=[column[start:end] for column in self.columns])
