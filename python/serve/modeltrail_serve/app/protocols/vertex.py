"""What Vertex AI asks of a container, https://cloud.google.com/vertex-ai/docs/predictions/custom-container-requirements."""

from .kserve_v1 import predict, problem

name = "vertex"

__all__ = ["name", "predict", "problem"]
