"""Log metrics, params, tags and artifacts from Python, into the run that Modeltrail is recording.

    import modeltrail

    modeltrail.log_params(lr=0.1, depth=3)
    for step in range(100):
        modeltrail.log(loss=..., step=step)
    modeltrail.log_artifact("model.pt")

Inside a recorded run nothing has to be installed or set up. Outside of one, all of it goes into the file
`modeltrail-log.jsonl` in the working directory (`MODELTRAIL_LOG` names another one; `MODELTRAIL_LOG=off` writes none).

Arguments that make no sense raise TypeError. Nothing else does: what cannot be written is lost, and the training goes on.
"""

from ._api import log, log_artifact, log_params, run_id, set_tag

__all__ = ["log", "log_artifact", "log_params", "run_id", "set_tag"]
__version__ = "0.1.0"
