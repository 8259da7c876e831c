"""The policy of each function's role: its log, its source, and what its declaration grants."""

from infra.deploy.declaration import STREAM_FAILURES, Function, Queue, Stream
from infra.deploy.grants import Grant, Reference, reads_stream, receives_from, sends_to, writes_logs


def policy(function: Function) -> dict[str, object]:
    """The policy document, one statement for each set of resources.

    It replaces `.chalice/policy.json`, which allows nothing: a function without a declaration may do nothing.
    """
    allowed: dict[str, tuple[list[str], tuple[Reference, ...]]] = {}
    for grant in (*writes_logs(function.logs_id), *_for_its_source(function), *function.grants):
        actions, _ = allowed.setdefault(repr(grant.resources), ([], grant.resources))
        actions += [action for action in grant.actions if action not in actions]
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": actions, "Resource": resources[0] if len(resources) == 1 else list(resources)}
            for actions, resources in allowed.values()
        ],
    }


def _for_its_source(function: Function) -> tuple[Grant, ...]:
    """What Lambda does in the function's name to wake it, and where Lambda puts what it gave up on."""
    match function.source:
        case Stream() as stream:
            return (*reads_stream(stream.table), *sends_to(STREAM_FAILURES))
        case Queue() as queue:
            return receives_from(queue.id)
        case _:
            return ()
