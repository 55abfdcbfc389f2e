"""KServe's own Python server with a model of its own at the port named: it answers with the sum of each row."""

import sys

import numpy
from kserve import InferOutput, InferResponse, Model, ModelServer


class Sum(Model):
    def __init__(self):
        super().__init__("wine")
        self.ready = True

    def load(self):
        return True

    def predict(self, payload, headers=None, response_headers=None):
        if isinstance(payload, dict):
            return {"predictions": [sum(row) for row in payload["instances"]]}
        sums = payload.inputs[0].as_numpy().sum(axis=1)
        output = InferOutput("output-0", list(sums.shape), "FP64")
        output.set_data_from_numpy(numpy.asarray(sums), binary_data=False)
        return InferResponse(response_id=payload.id, model_name="wine", infer_outputs=[output])


if __name__ == "__main__":
    ModelServer(http_port=int(sys.argv[1]), enable_grpc=False, workers=1).start([Sum()])
