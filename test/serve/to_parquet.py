"""`to_parquet.py CSV PARQUET` writes the one as the other; `to_parquet.py PARQUET` prints its columns as JSON."""

import json
import sys

import pyarrow.parquet
from pyarrow import csv

if len(sys.argv) == 3:
    pyarrow.parquet.write_table(csv.read_csv(sys.argv[1]), sys.argv[2])
else:
    print(json.dumps(pyarrow.parquet.read_table(sys.argv[1]).to_pydict()))
