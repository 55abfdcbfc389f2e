"""Puts the app together for a bundle."""

from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse

from .. import __version__
from .describe import describe
from .front import Front
from .paths import Paths, predicting
from .protocols import kserve_v2

ANY = ["GET", "HEAD", "POST"]
PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


def build(bundle, pool, limits, metrics, token=None, model=None, outputs=None, container=(None, None)):
    """
    The ASGI app. The bundle is loaded: what answers here is ready. `model`: how it is called in paths. `outputs`: what it
    answered to its sample, None without one. `container`: the paths (health, predict) that a platform asks for, or Nones.
    """
    manifest = bundle.manifest
    model = model or manifest.model
    paths = Paths(model, manifest.version, *container)
    routes = predicting(paths, bundle, model)
    # Its pages of documentation load scripts from elsewhere: the description alone is there, at /openapi.json.
    app = FastAPI(
        title="%s %s" % (manifest.model, manifest.version), version=__version__, docs_url=None, redoc_url=None
    )

    for path in paths.plain_health:
        _says(app, path, Response(b"\n", media_type="application/json"))
    _says(app, "/version", Response(__version__, media_type="application/json"))
    _says(app, "/v1/models", JSONResponse({"models": [model]}))
    _says(app, paths.v1, JSONResponse({"name": model, "ready": True}))
    _says(app, "/v2", JSONResponse({"name": "modeltrail", "version": __version__, "extensions": []}))
    _says(app, "/v2/health/live", JSONResponse({"live": True}))
    # It is ready: what a model says of its fault is only for who may ask it.
    sample, fault = ({"sample": "failed"}, {"fault": bundle.fault}) if bundle.fault else ({}, {})
    _says(app, "/v2/health/ready", JSONResponse({"ready": True, **sample}))
    for path in paths.v2:
        _says(app, path, JSONResponse({**kserve_v2.metadata(bundle, model, outputs), **fault}))
        _says(app, path + "/ready", JSONResponse({"name": model, "ready": True, **sample}))

    @app.get("/metrics")
    async def show_metrics():
        return Response(metrics.text(manifest.model, manifest.version), media_type=PROMETHEUS)

    for path in ("/v1/models/{name}", "/v2/models/{name}"):
        app.add_api_route(path, _no_such_model, methods=ANY, include_in_schema=False)
        app.add_api_route(path + "/{rest:path}", _no_such_model, methods=ANY, include_in_schema=False)
    describe(app, routes, manifest)
    return Front(app, routes, pool, limits, metrics, token, paths.health())


def _says(app, path, response):
    """Always the same, so made once."""

    async def answer():
        return response

    app.add_api_route(path, answer, methods=["GET", "HEAD"], operation_id="get " + path)


async def _no_such_model(name: str):
    return JSONResponse({"error": "There is no model %s at this path." % name}, status_code=404)
