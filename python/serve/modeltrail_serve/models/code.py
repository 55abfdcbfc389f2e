"""Whether a model may run code of its own."""

# Who makes bundles knows a refusal by these words, and asks: src/deploy/bundle/describeModel.ts.
REFUSED = "%s runs code of whoever wrote the model, and this bundle is said to hold data only (executesCode)."


def require_code(manifest, what):
    """Throws ValueError when the bundle's maker agreed to no code: what a model says of itself is not to be relied on."""
    if not manifest.executes_code:
        raise ValueError(REFUSED % what)
