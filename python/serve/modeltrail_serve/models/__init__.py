"""Models of every format, behind one face: `open_bundle(folder)`."""

from .bundle import Bundle, open_bundle

__all__ = ["Bundle", "open_bundle"]
