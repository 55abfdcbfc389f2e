"""hydra. The configuration that it composed, flattened to `model.lr`, as it stands before interpolation.

Resolving `${…}` may call the user's resolvers, so what they refer to is told, not what they give.
"""

import sys


def attach(hydra_config, arguments):
    """Look when hydra puts the composed configuration in place, just before the task function is called."""

    def placed(args, _result):
        from omegaconf import OmegaConf

        config = args[1]
        values = {}
        for name, value in OmegaConf.to_container(config, resolve=False).items():
            if name != "hydra":  # hydra's own settings
                _flatten(str(name), value, values)
        if values:
            arguments.tell("hydra", sys.argv[0], values, {})

    arguments.after(hydra_config.HydraConfig, "set_config", placed)


def _flatten(name, value, values):
    if type(value) is dict and value:
        for key, item in value.items():
            _flatten(name + "." + str(key), item, values)
    else:
        values[name] = value
