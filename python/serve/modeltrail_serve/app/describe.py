"""The description of the interface at /openapi.json: what FastAPI knows, and the paths that are answered before it."""


def describe(app, routes, manifest):
    """`routes`: {path: (protocol, …)}"""
    made = app.openapi
    sample = manifest.read_sample()

    def openapi():
        if app.openapi_schema is None:
            said = made()
            for path, (protocol, _) in routes.items():
                said["paths"][path] = {
                    "post": _operation(path, protocol, sample if protocol.name == "mlflow" else None)
                }
            app.openapi_schema = said
        return app.openapi_schema

    app.openapi = openapi


def _operation(path, protocol, sample):
    content = {"schema": {"type": "object"}}
    if sample is not None:
        content["example"] = sample[0]
    return {
        "operationId": "predict " + path,
        "summary": "Predict (%s)" % protocol.name,
        "requestBody": {"required": True, "content": {"application/json": content}},
        "responses": {
            "200": {"description": "The predictions.", "content": {"application/json": {"schema": {"type": "object"}}}},
            "400": {"description": "The request does not fit; the message says where."},
        },
    }
