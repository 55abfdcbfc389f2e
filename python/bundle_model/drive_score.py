"""Calls init() of an Azure ML scoring script, and run() with what stands on standard input, if anything does.

    python drive_score.py SCORE.PY < request

Prints the answer as JSON: what run() returns, null without a request. A refusal, or a script that fails, ends this with
exit code 1 and why on standard error.
"""
import importlib.util
import json
import os
import sys


def main():
    # Libraries print where they like: only we write to what is read.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    file = sys.argv[1]
    sys.path.insert(0, os.path.dirname(file))
    spec = importlib.util.spec_from_file_location("score", file)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    script.init()
    request = sys.stdin.buffer.read().decode("utf-8")
    answer = script.run(request) if request else None
    if hasattr(answer, "get_data"):
        # The answer of a web framework: run() gives one only to refuse.
        sys.stderr.write("%s\n" % answer.get_data(as_text=True))
        return 1
    answers.write(json.dumps(answer))
    answers.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
