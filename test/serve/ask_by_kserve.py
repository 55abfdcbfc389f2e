"""Asks the servers at the ports named, by KServe's own client, the same of each; prints what each answered."""

import asyncio
import json
import sys

import numpy
from kserve import InferenceRESTClient, InferInput, InferRequest, RESTConfig

ROWS = numpy.array([[1.0, 2.0, 3.5], [4.0, 5.0, 6.0]])


async def ask(port):
    base = "http://127.0.0.1:%s" % port
    told = {}
    client = InferenceRESTClient(RESTConfig(protocol="v2", timeout=60))
    told["live"] = await client.is_server_live(base)
    told["ready"] = await client.is_server_ready(base)
    told["model"] = await client.is_model_ready(base, "wine")
    tensor = InferInput("input-0", list(ROWS.shape), "FP64")
    tensor.set_data_from_numpy(ROWS, binary_data=False)
    answer = await client.infer(
        base, InferRequest(model_name="wine", infer_inputs=[tensor], request_id="7"), model_name="wine"
    )
    output = answer.outputs[0]
    told["v2"] = [
        answer.id,
        answer.model_name,
        output.name,
        output.datatype,
        list(output.shape),
        output.as_numpy().tolist(),
    ]
    first = InferenceRESTClient(RESTConfig(protocol="v1", timeout=60))
    told["v1 model"] = await first.is_model_ready(base, "wine")
    told["v1"] = await first.infer(base, {"instances": ROWS.tolist()}, model_name="wine")
    told["unknown"] = []
    for each, body in ((first, {"instances": []}), (client, {"inputs": []})):
        try:
            await each.infer(base, body, model_name="other")
        except Exception as error:
            told["unknown"].append(getattr(getattr(error, "response", None), "status_code", str(error)))
    return told


async def main(ports):
    print(json.dumps([await ask(port) for port in ports]))


asyncio.run(main(sys.argv[1:]))
