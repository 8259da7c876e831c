"""What can be said of a function, in one place: `functions.py` says it, everything else is rendered from that."""

from collections.abc import Mapping, Sequence
from itertools import chain

from chalice.utils import to_cfn_resource_name
from msgspec import Struct

from chalicelib.metrics import NAMESPACE
from infra.deploy.grants import Grant, Table, rests_in, sends_to

STREAM_FAILURES = "StreamFailures"
"""Where Lambda puts the position of stream records that it gave up on: the dead letters of every stream."""

TOPIC = "Alarms"
"""Where every alarm goes."""


class Alarm(Struct, frozen=True, kw_only=True):
    """Wakes an operator when `metric` is above `above` in each of `periods` periods.

    `id` is what its logical id begins with. `dimensions` are the metric's, values as the template has them.
    """

    id: str
    above: float
    namespace: str = NAMESPACE
    metric: str
    dimensions: Mapping[str, object] = {}
    statistic: str = "Sum"
    period_seconds: int = 300
    periods: int = 1


class Http(Struct, frozen=True):
    """Woken by API Gateway, for every route: Chalice has one such function, and names it itself."""


class Authorizer(Struct, frozen=True):
    """Woken by API Gateway for the token of a request."""


class Schedule(Struct, frozen=True):
    """Woken by the clock; `expression` as EventBridge takes it, or a reference to a parameter with one. `state`: one of
    a parameter that says `ENABLED` or `DISABLED`, where it is the operator's to switch on."""

    expression: str | Mapping[str, str]
    state: Mapping[str, str] | None = None


class Stream(Struct, frozen=True):
    """Woken by what changes in a table. `only` is an event filter: other records wake nobody and cost nothing."""

    table: Table
    batch: int = 100
    retries: int = -1  # until the record is 24 hours old, and gone from the stream
    only: Mapping[str, object] | None = None
    oldest_seconds: int = 600  # of the record that comes next: steps take seconds, a batch that fails is tried for ever


class Queue(Struct, frozen=True, kw_only=True):
    """Woken by messages; a message that failed `receives` times ends in a dead-letter queue of the queue's own.

    The functions know it as `settings.queue_url(name)`. `visibility_seconds` is how long a message that is being
    handled is out of sight, and how long it rests when its worker was killed: six times the function's time-out, as
    Lambda's guide asks, unless something else is said.
    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
    """

    name: str
    receives: int
    batch: int = 1
    fifo: bool = False
    visibility_seconds: int | None = None
    functions_at_once_max: int | None = None  # by default; a parameter of the stack. Lambda takes no less than 2
    oldest_seconds: int = 3_600  # how old a message may get before somebody is woken
    gather_seconds: int = 0  # how long Lambda waits for a batch to fill; a batch over 10 needs one

    @property
    def id(self) -> str:
        """The queue's logical id. Changing a queue's name replaces it with everything that waits in it."""
        return f"{to_cfn_resource_name(self.name)}Queue"

    @property
    def dead_letters_id(self) -> str:
        """The logical id of its dead-letter queue."""
        return f"{self.id}DeadLetters"

    @property
    def variable(self) -> str:
        """The environment variable with its address."""
        return f"{self.name.upper()}_QUEUE_URL"

    @property
    def dead_letters_variable(self) -> str:
        """The environment variable with the address of its dead letters, `queue_url(f"{name}_dead_letters")`."""
        return f"{self.name.upper()}_DEAD_LETTERS_QUEUE_URL"


type Source = Http | Authorizer | Schedule | Stream | Queue


class Function(Struct, frozen=True, kw_only=True):
    """One Lambda function.

    `name` is the handler's in its decorator. `may` is what its code touches beyond its source and its log, which are
    granted without a word. `fails` is off where an error says nothing. `alarms` are on what it measures itself.

    How many run at once is the operator's to say, by a parameter: a new AWS account has ten for all together, and
    refuses to keep any of them for one (https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html).
    """

    name: str
    source: Source
    timeout_seconds: int
    memory_mb: int  # also its share of a processor: 1,769 MB are one
    may: Sequence[tuple[Grant, ...]] = ()
    fails: bool = True
    alarms: tuple[Alarm, ...] = ()

    @property
    def id(self) -> str:
        """Chalice's logical id of the function."""
        return "APIHandler" if isinstance(self.source, Http) else to_cfn_resource_name(self.name)

    @property
    def reserved_parameter(self) -> str:
        """The stack's parameter of how many executions are this function's alone, and its most."""
        return f"{'Api' if isinstance(self.source, Http) else self.id}Reserved"

    @property
    def at_once_parameter(self) -> str:
        """The stack's parameter of how many a queue wakes at once."""
        return f"{self.id}AtOnce"

    @property
    def role_id(self) -> str:
        """Chalice's logical id of its role."""
        return "ApiHandlerRole" if isinstance(self.source, Http) else f"{self.id}Role"

    @property
    def logs_id(self) -> str:
        """The logical id of its log group."""
        return f"{self.id}Logs"

    @property
    def needs_catalog(self) -> bool:
        """Whether it reads the catalogue, and so has to be where that is."""
        return any(grant.condition == "InNetwork" for grant in self.grants)

    @property
    def changes_catalog(self) -> bool:
        """Whether it changes films: in a snapshot of the stack's own, or in a search engine."""
        return any(grant.condition == "OwnSnapshot" and "s3:PutObject" in grant.actions for grant in self.grants)

    @property
    def grants(self) -> tuple[Grant, ...]:
        """What its code touches."""
        return tuple(chain.from_iterable(self.may))


def tends(queue: Queue) -> tuple[Grant, ...]:
    """For a handler that says itself when a failed message comes again, and buries what no waiting heals."""
    return (*rests_in(queue.id), *sends_to(queue.dead_letters_id))


def rests(queue: Queue) -> tuple[Grant, ...]:
    """For a handler that says itself when a failed message comes again."""
    return rests_in(queue.id)


def sends(*queues: Queue) -> tuple[Grant, ...]:
    """Messages to these queues."""
    return sends_to(*(queue.id for queue in queues))
