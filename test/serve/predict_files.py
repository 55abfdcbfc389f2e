"""`predict_files.py BUNDLE [[INPUT, OUTPUT, CHUNK]…]`: predicts each file; prints [[exit status, what was said]…]."""

import argparse
import contextlib
import io
import json
import sys

from modeltrail_serve.batch import predict_file

results = []
for source, target, chunk in json.loads(sys.argv[2]):
    with contextlib.redirect_stderr(io.StringIO()) as said:
        status = predict_file(argparse.Namespace(bundle=sys.argv[1], input=source, output=target, chunk=chunk))
    results.append([status, said.getvalue()])
print(json.dumps(results))
