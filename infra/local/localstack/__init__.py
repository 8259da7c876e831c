"""LocalStack without Docker: its last free runtime as an ordinary process, and what it needs to run our stack.

`host.py` belongs to our own environment and starts it. The other modules are plugins, loaded by LocalStack in its
environment: `plugins/` holds the metadata by which it finds them.
"""
