"""The app that answers over HTTP."""
