"""Asks the app at the port named by MLflow's own scoring client; prints what it got."""

import json
import sys

from make_bundles import wine
from mlflow.pyfunc.scoring_server.client import ScoringServerClient

client = ScoringServerClient("127.0.0.1", int(sys.argv[1]))
client.wait_server_ready(timeout=60)
frame = wine()[0].head(3)
found = client.invoke(frame).get_predictions()
hole = frame.copy()
hole.loc[1, "hue"] = None  # travels as NaN
try:
    client.invoke(hole)
    missing = 200
except Exception as error:
    missing = int(str(error).split("error code ")[1].split(",")[0])
print(json.dumps({"frame": found.iloc[:, 0].tolist(), "missing": missing}))
