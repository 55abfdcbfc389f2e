"""Predicts the rows of a file, a part at a time: no more of it is in memory than that."""

from .predict import predict_file

__all__ = ["predict_file"]
