"""Which path is whose. One port has all of them."""

from .protocols import kserve_v1, kserve_v2, mlflow, vertex

MLFLOW_HEALTH = ("/ping", "/health")


class Paths:
    """`model`: how it is called in paths; `version`: its version; `health`, `predict`: a container's own paths, or None."""

    def __init__(self, model, version, health=None, predict=None):
        self.v1 = "/v1/models/%s" % model
        self.v2 = ["/v2/models/%s" % model, "/v2/models/%s/versions/%s" % (model, version)]
        self.plain_health = list(dict.fromkeys([*MLFLOW_HEALTH, *([health] if health else [])]))
        self.predict = predict

    def health(self):
        """What says no more than that the model is ready: asked by who has no token."""
        ready = [path + "/ready" for path in self.v2]
        return [*self.plain_health, "/v2/health/live", "/v2/health/ready", *ready]


def predicting(paths, bundle, model):
    """{path: (protocol, function of a Call)}"""
    routes = {
        "/invocations": (mlflow, mlflow.invocations(bundle)),
        paths.v1 + ":predict": (kserve_v1, kserve_v1.predict(bundle)),
    }
    infer = kserve_v2.infer(bundle, model)
    for path in paths.v2:
        routes[path + "/infer"] = (kserve_v2, infer)
    # Where a container's path is one of ours already, the request says by its form what it is.
    if paths.predict and paths.predict not in routes:
        routes[paths.predict] = (vertex, vertex.predict(bundle))
    return routes
