"""
    endpoint.py drop FOLDER ID

Ends a server that callers were not given to; of one that is live, nothing happens. Answers {}.
"""
from answer import answer
from control import Silent, ask


def main(folder, id):
    try:
        ask(folder, do="drop", id=id)
    except (Silent, OSError):
        pass  # with the keeper, its servers are gone too
    answer({})
    return 0
