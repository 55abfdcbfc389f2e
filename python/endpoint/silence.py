"""Why nobody answers for an endpoint."""
from identity import is_alive
from serverlog import last_lines


def explain(folder, silent):
    """{"elsewhere": the machine where its keeper is}, or {"error": for people}."""
    known = folder.read("keeper.json")
    alive = is_alive(known["process"]) if known else False
    if alive is None:
        return {"elsewhere": known["process"]["host"]}
    if alive:
        return {"error": "What keeps it hangs (process %d): %s. Undeploy it, and deploy it again." % (known["process"]["pid"], silent)}
    return {"error": "What keeps it is not there: %s" % (" ".join(last_lines(folder.at("agent.log"), 1)) or silent)}
