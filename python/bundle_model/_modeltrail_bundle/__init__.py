"""What describe.py is made of: under a name of its own, since models bring modules of any name."""
