"""Speaks with Optuna for a sweep: a line of JSON in, a line of JSON out.

The study is in a storage of the sweep's own, in the file given first, so that a sweep goes on where it was after anything.
Requests: {"do": "open", "name", "direction", "seed", "sampler", "pruner", "params"}, then any of
  {"do": "ask"}                                    -> {"number", "params"}
  {"do": "report", "number", "points": [[step, value], ...]} -> {"prune": true or false}
  {"do": "tell", "number", "state": "complete" | "pruned" | "failed", "value"} -> {}
  {"do": "trials"}                                 -> {"trials": [{"number", "state", "params"}, ...]}
An answer to what cannot be done is {"error": "..."}.
"""

import json
import sys


def main():
    try:
        import optuna
    except ImportError as error:
        return write({"error": "optuna-missing: %s" % error})
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    sweep = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["do"] == "open":
                sweep = Sweep(optuna, sys.argv[1], request)
                answer = {"version": optuna.__version__}
            else:
                answer = getattr(sweep, request["do"])(**{key: value for key, value in request.items() if key != "do"})
            write(answer)
        except Exception as error:  # whatever it is, the sweep's user is to read it
            write({"error": "%s: %s" % (type(error).__name__, error)})


def write(answer):
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


class Sweep:
    def __init__(self, optuna, file, options):
        self.optuna = optuna
        self.params = options["params"]
        self.study = optuna.create_study(
            study_name=options["name"],
            storage=storage_in(optuna, file),
            direction=options["direction"],
            sampler=sampler(optuna, options["sampler"], options["seed"]),
            pruner=pruner(optuna, options["pruner"]),
            load_if_exists=True,
        )
        # A sampler that starts anew would draw again what it drew before.
        if options["seed"] is not None and len(self.all()) > 0:
            self.study.sampler.reseed_rng()

    def ask(self):
        trial = self.study.ask()
        params = {name: suggest(trial, name, param) for name, param in self.params.items()}
        return {"number": trial.number, "params": params}

    def report(self, number, points):
        stored = self.all()[number]
        known = stored.intermediate_values
        trial = self.optuna.trial.Trial(self.study, stored._trial_id)
        for step, value in points:
            if int(step) not in known:
                trial.report(value, int(step))
        return {"prune": bool(trial.should_prune())}

    def tell(self, number, state, value=None):
        states = self.optuna.trial.TrialState
        named = {"complete": states.COMPLETE, "pruned": states.PRUNED, "failed": states.FAIL}[state]
        # Told before, and then we were ended: that is as it is to be.
        self.study.tell(number, value if state == "complete" else None, state=named, skip_if_finished=True)
        return {}

    def trials(self):
        return {"trials": [{"number": t.number, "state": t.state.name, "params": t.params} for t in self.all()]}

    def all(self):
        # Copies of thousands of trials take longer than all else.
        return self.study.get_trials(deepcopy=False)


def storage_in(optuna, file):
    # A file that lines are added to: it needs no driver, and nothing of it is lost when we are killed.
    from optuna.storages import JournalStorage

    try:
        from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock
    except ImportError:  # before Optuna 4
        from optuna.storages import JournalFileOpenLock
        from optuna.storages import JournalFileStorage as JournalFileBackend
    return JournalStorage(JournalFileBackend(file, lock_obj=JournalFileOpenLock(file)))


def sampler(optuna, name, seed):
    samplers = optuna.samplers
    if name == "random":
        return samplers.RandomSampler(seed=seed)
    if name == "cmaes":
        return samplers.CmaEsSampler(seed=seed)
    if name == "gp":
        return samplers.GPSampler(seed=seed)
    if name == "qmc":
        return samplers.QMCSampler(seed=seed)
    # Trials that are under way count as bad ones, so that those asked for at the same time differ.
    return samplers.TPESampler(seed=seed, constant_liar=True)


def pruner(optuna, name):
    pruners = optuna.pruners
    if name == "median":
        return pruners.MedianPruner()
    if name == "percentile":
        return pruners.PercentilePruner(25.0)
    if name == "hyperband":
        return pruners.HyperbandPruner()
    if name == "successive-halving":
        return pruners.SuccessiveHalvingPruner()
    return pruners.NopPruner()


def suggest(trial, name, param):
    if isinstance(param, list):
        return trial.suggest_categorical(name, param)
    low, high, step, log = param["from"], param["to"], param.get("step"), param["scale"] == "log"
    if param["whole"]:
        return trial.suggest_int(name, int(low), int(high), step=int(step or 1), log=log)
    return trial.suggest_float(name, low, high, step=step, log=log)


main()
