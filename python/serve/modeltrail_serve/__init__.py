"""Serves a bundle: a model with all that it needs, in a folder. Lies in the bundle itself, and needs nothing of Modeltrail."""

__version__ = "1"
