"""From what a request holds to what a model takes: tables of named columns, and tensors."""

from .reader import Reader
from .table import Table

__all__ = ["Reader", "Table"]
