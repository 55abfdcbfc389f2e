"""Puts the app together for a bundle."""

from fastapi import FastAPI, Response

from .. import __version__
from .front import Front
from .protocols import mlflow

HEALTH_PATHS = ("/ping", "/health")


def build(bundle, pool, limits, metrics, token=None):
    """The ASGI app. The bundle is loaded, and has been asked once: what is answered here is ready."""
    manifest = bundle.manifest
    # Its pages of documentation load scripts from elsewhere: the description alone is there, at /openapi.json.
    app = FastAPI(title="%s version %s" % (manifest.model, manifest.version), version=__version__, docs_url=None, redoc_url=None)

    async def ping():
        return Response(b"\n", media_type="application/json")

    for path in HEALTH_PATHS:
        app.add_api_route(path, ping, methods=["GET"])

    @app.get("/metrics")
    async def show_metrics():
        return Response(metrics.text(manifest.model, manifest.version), media_type="text/plain; version=0.0.4; charset=utf-8")

    routes = {"/invocations": (mlflow, mlflow.invocations(bundle))}
    return Front(app, routes, pool, limits, metrics, token, open_paths=HEALTH_PATHS)
