"""The product's own simulation: everything at once, on a virtual clock, and the promises checked afterwards.

The real handlers and use cases run as greenlets. Each call of a store, a queue, the catalogue, the secret or the model
is a point where others may go first, time passes, the call fails before or after its effect, or the worker dies. Queues
and streams keep AWS's rules, functions their declared time-outs (`infra/deploy/functions.py`). After the chaos all
faults heal, everything runs dry, and then the promises are checked.

    python -m tests.simulation --runs 5000 --first-seed 1     a campaign; its last line is one JSON object
    python -m tests.simulation --seed 17 --regime kills -v    one run again, with its story

`deployment.py` holds what the code is wired to, `promises.py` what is asked of it: a new room needs changes there
alone.
"""
