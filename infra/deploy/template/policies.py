"""The policy of each function's role: its log, its source, and what its declaration grants."""

from infra.deploy.declaration import STREAM_FAILURES, Function, Queue, Stream
from infra.deploy.grants import Grant, reads_stream, receives_from, sends_to, writes_logs


def policy(function: Function) -> dict[str, object]:
    """The policy document, one statement for each set of resources and condition.

    It replaces `.chalice/policy.json`, which allows nothing: a function without a declaration may do nothing.
    """
    allowed: dict[str, tuple[list[str], Grant]] = {}
    for grant in (*writes_logs(function.logs_id), *_for_its_source(function), *function.grants):
        actions, _ = allowed.setdefault(repr((grant.resources, grant.condition)), ([], grant))
        actions += [action for action in grant.actions if action not in actions]
    return {"Version": "2012-10-17", "Statement": [_statement(actions, of) for actions, of in allowed.values()]}


def _statement(actions: list[str], of: Grant) -> dict[str, object]:
    resource = of.resources[0] if len(of.resources) == 1 else list(of.resources)
    statement: dict[str, object] = {"Effect": "Allow", "Action": actions, "Resource": resource}
    return {"Fn::If": [of.condition, statement, {"Ref": "AWS::NoValue"}]} if of.condition else statement


def _for_its_source(function: Function) -> tuple[Grant, ...]:
    """What Lambda does in the function's name to wake it, and where Lambda puts what it gave up on."""
    match function.source:
        case Stream() as stream:
            return (*reads_stream(stream.table), *sends_to(STREAM_FAILURES))
        case Queue() as queue:
            return receives_from(queue.id)
        case _:
            return ()
