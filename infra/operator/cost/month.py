"""How much of everything a month needs: what viewers do, times what each thing that happens uses."""

from collections import Counter
from collections.abc import Mapping
from math import ceil
from typing import Any, NamedTuple

from chalicelib.outcomes import resting, watched
from chalicelib.outcomes.experiments import guardrail, vote_weight
from infra.deploy.declaration import Queue, Schedule
from infra.deploy.functions import EVENTS_QUEUE, FUNCTIONS
from infra.deploy.template import render
from infra.deploy.template.parameters import parameters
from infra.operator.cost.figures import Units

DAYS = 30
SECONDS = DAYS * 86_400
GB, TB = 1e9, 1e12
WHOLE_PROCESSOR_MB = 1_769  # https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
ROUND_TRIP_MS = 5.0  # from a function to a table or a queue and back, in one region; an assumption
CALL_SECONDS = 5.0  # one answer of GigaChat takes 2 to 8 s
POLLS_A_MINUTE = 15  # five pollers of 20 s each, which Lambda keeps at every queue, empty or not
LOOKS_AT_CATALOGUE_SECONDS = 25  # of each warm worker at `current.v2.json`
PEAK = 3.0  # the busiest hour against the mean, for workers that are warm at once; an assumption
NODE_STORAGE_GB = 20.0
METRICS_OF_OURS = 30  # each name with each of its dimensions' values is one; most sites see fewer; an assumption

TOLD_BYTES = 400  # of one page view's events in their file, some twenty: a digest of 16 bytes a film, packed
SALT_BYTES = 100  # a viewer's item of the outcomes table; 850 more for whom fifty films rest
QUERY_LEAST_GB = 0.01  # Athena bills at least 10 MB a query: https://aws.amazon.com/athena/pricing/

API = ("home", "events", "search", "film", "similar", "like", "register", "sign_in", "refresh")
"""Requests; every other invocation is of the function of its name."""
UNMEASURED = ("learn", "count_outcomes", "begin_weekly")
"""Two wait for queries, whose price is that of what they read; one puts a message into a queue once a week."""


class Habits(NamedTuple):
    """What one viewer who comes at all does in a month: assumptions, to be replaced by a site's own figures."""

    visits: float = 8.0
    homes: float = 16.0  # pages of the list
    searches: float = 4.0
    films: float = 8.0  # a film's own page, with the films like it
    likes: float = 8.0  # or any other word on a film
    liking_visits: float = 3.0  # visits with a like in them: what a question may be asked about
    sign_ins: float = 1.0
    newcomers: float = 0.1  # of all viewers, those who registered this month
    rests: float = 2.0  # days on which other films make room on the list: ten days' showings are rare on eight visits
    months_kept: float = 12.0  # how long likes have been gathering


class Choices(NamedTuple):
    """What the operator decides: the stack's parameters of the same names, and what is not one."""

    budget_tokens_per_day: int
    roubles_per_million_tokens: float
    cooldown_seconds: int
    lanes: int
    exports_per_month: float = DAYS
    memory_factor: float = 1.0  # of the functions' memory as it is declared
    opensearch_nodes: int = 0
    protect: bool = True
    films: int = 10_000  # that the catalogue holds
    meaning_percent: int = 5
    weekly_share: float = 0.0  # of all viewers, those who have asked for the weekly letter, where it is switched on


class Month(NamedTuple):
    """Quantities by the name of their price, and the questions for GigaChat: wanted, and those that are asked."""

    quantities: Mapping[str, float]
    invocations: Mapping[str, float]
    questions_wanted: float
    questions: float
    tokens: float
    vector_tokens: float  # of films' vectors, as in the month in which all of them are made


def choices_of_the_stack() -> Choices:
    """The parameters' defaults."""
    defaults: dict[str, Any] = {name: one["Default"] for name, one in parameters().items()}  # type: ignore[index]
    return Choices(
        budget_tokens_per_day=int(defaults["BudgetTokensPerDay"]),
        roubles_per_million_tokens=float(defaults["RoublesPerMillionTokens"]),
        cooldown_seconds=int(defaults["AskCooldownSeconds"]),
        lanes=int(defaults["GigachatParallel"]),
        meaning_percent=int(defaults["MeaningPercent"]),
    )


def questions_of(users: int, units: Units, habits: Habits, choices: Choices) -> tuple[float, float]:
    """Wanted by viewers, and asked: budget and lanes decide. One a liking visit, none within the cooldown."""
    wanted = users * min(habits.liking_visits, SECONDS / choices.cooldown_seconds)
    by_budget = DAYS * choices.budget_tokens_per_day / max(1, units.tokens_per_question)
    return wanted, min(wanted, by_budget, choices.lanes * SECONDS / CALL_SECONDS)


def vector_tokens_of(units: Units, choices: Choices) -> float:
    """Tokens of all films' vectors, each made once, or of those that their share of a month's budget makes."""
    share = DAYS * choices.budget_tokens_per_day * choices.meaning_percent / 100
    return min(choices.films * units.tokens_per_film, share)


def month(users: int, units: Units, habits: Habits, choices: Choices) -> Month:
    """Everything that is billed by AWS, and GigaChat's tokens."""
    wanted, questions = questions_of(users, units, habits, choices)
    runs = _runs(users, habits, questions) | {"send_weekly": users * choices.weekly_share * DAYS / 7}
    seconds = {name: times * _seconds(name, units, choices) for name, times in runs.items()}

    def total(figure: str) -> float:
        return sum(times * float(getattr(units.invocations[name], figure)) for name, times in runs.items())

    logged = total("log_bytes") / GB
    calls = sum(times for name, times in runs.items() if name in API)
    queued = runs["rebuild"] + runs["post_letters"] + runs["send_weekly"]
    told = runs["events"] + runs["like"]
    quantities = {
        "lambda_requests": sum(runs.values()),
        "lambda_gb_seconds": sum(took * _memory_mb(name, choices) / 1_024 for name, took in seconds.items()),
        "api_requests": calls,
        "dynamodb_reads": total("read_units") + _learning_reads(users, units, habits, choices) + _salts_read(users),
        "dynamodb_writes": total("write_units") + users * habits.rests,
        "dynamodb_streams": runs["plan"],
        **_kept(users, units, habits, choices),
        # Sent, received, deleted; what is told is received and deleted ten at a time.
        "sqs_requests": 3 * queued + 1.2 * told + _polls(fifo=False),
        "sqs_fifo_requests": 3 * questions + _polls(fifo=True),
        "s3_gets": max(1, ceil(PEAK * sum(seconds.values()) / SECONDS)) * SECONDS / LOOKS_AT_CATALOGUE_SECONDS,
        "s3_puts": runs["write_events"],
        "log_ingestion": logged,
        "log_storage": logged,  # kept for 30 days
        "letters": runs["post_letters"] + runs["send_weekly"],
        **_standing(),
        "secret_requests": sum(runs.values()) / 1_000,  # each new worker reads one; some lives last a thousand runs
        "transfer_out": total("answer_bytes") / GB,
        "opensearch_nodes": choices.opensearch_nodes * SECONDS / 3_600,
        "opensearch_storage": choices.opensearch_nodes * NODE_STORAGE_GB,
    }
    return Month(
        quantities, runs, wanted, questions, questions * units.tokens_per_question, vector_tokens_of(units, choices)
    )


def _runs(users: int, habits: Habits, questions: float) -> dict[str, float]:
    """How often each thing happens."""
    scheduled = {one.name: SECONDS / _every(one.source) for one in FUNCTIONS if isinstance(one.source, Schedule)}
    newcomers = users * habits.newcomers
    return {
        "home": users * habits.homes,
        "search": users * habits.searches,
        "film": users * habits.films,
        "similar": users * habits.films,
        "like": users * habits.likes,
        "register": newcomers,
        "sign_in": users * habits.sign_ins,
        "refresh": users * habits.visits,
        "events": users * habits.homes,
        "write_events": _files(users * (habits.homes + habits.likes)),
        "authorize": users * habits.visits * 2,  # an answer is reused for 30 s
        "plan": users * habits.likes,  # at the most: a batch has up to a hundred
        "rebuild": users * (habits.likes + habits.rests),
        "ask": questions,
        "post_letters": newcomers,
        **{name: times for name, times in scheduled.items() if name not in UNMEASURED},
    }  # fmt: skip


def _files(told: float) -> float:
    """Runs that write down so many messages: one a minute, or one a thousand."""
    return max(min(told, SECONDS / EVENTS_QUEUE.gather_seconds), told / EVENTS_QUEUE.batch)


def _every(source: Schedule) -> float:
    """Seconds between two runs. A parameter's is the sweep's: a minute by default."""
    if not isinstance(source.expression, str):
        return 60.0
    number, unit = source.expression.removeprefix("rate(").removesuffix(")").split()
    return float(number) * {"minute": 60, "hour": 3_600, "day": 86_400}[unit.removesuffix("s")]


def _seconds(name: str, units: Units, choices: Choices) -> float:
    """How long one run is billed for."""
    one = units.invocations[name]
    computing = one.cpu_ms / min(1.0, _memory_mb(name, choices) / WHOLE_PROCESSOR_MB)
    waiting = one.requests * ROUND_TRIP_MS + (CALL_SECONDS * 1_000 if name == "ask" else 0)
    return (computing + waiting) / 1_000


def _memory_mb(name: str, choices: Choices) -> float:
    declared = {one.name: one.memory_mb for one in FUNCTIONS}
    return max(128.0, declared["api" if name in API else name] * choices.memory_factor)


def _kept(users: int, units: Units, habits: Habits, choices: Choices) -> dict[str, float]:
    """What lies in the tables and the buckets, and what learning reads of it."""
    held = units.stored_bytes
    likes = users * habits.likes * habits.months_kept
    feedback = likes * held["feedback"] / GB
    accounts = users * held["accounts"] / GB
    lists = users * sum(held.get(kind, 0) for kind in ("list", "state", "answer")) / GB
    exported = feedback * choices.exports_per_month
    files = likes * units.exported_bytes_per_like / GB
    return {
        "dynamodb_storage": feedback + accounts + lists + users * held["sessions"] / GB,
        "dynamodb_pitr": (feedback + accounts) * choices.protect,
        "dynamodb_export": exported * choices.protect,
        "s3_storage": units.snapshot_bytes / GB + files * min(2.0, choices.exports_per_month),  # kept for two days
        "athena_scanned": files * units.export_reads * choices.exports_per_month / 1_000 + _counted(users, habits),
    }


def _counted(users: int, habits: Habits) -> float:
    """TB read by counting outcomes: each hour today, which is half over, and yesterday, each with the day after it; and
    each night the days of an experiment and of the model's votes, both for what was shown and for what was liked, those
    of what was watched, and of films that nobody touches."""
    day = users * habits.homes / DAYS * TOLD_BYTES / GB
    hourly = max(QUERY_LEAST_GB, day / 2) + max(QUERY_LEAST_GB, 1.5 * day)
    nightly = sum(max(QUERY_LEAST_GB, 2 * days * day) for days in (guardrail.DAYS_MOST, vote_weight.DAYS))
    nightly += sum(max(QUERY_LEAST_GB, days * day) for days in (watched.DAYS_MOST, resting.DAYS_MOST))
    return (SECONDS / 3_600 * hourly + DAYS * nightly) / 1_000


def _salts_read(users: int) -> float:
    """Read units: every viewer's salt twice a day, half a unit for 4 KB."""
    return 2 * DAYS * users * SALT_BYTES / 4_096 / 2


def _learning_reads(users: int, units: Units, habits: Habits, choices: Choices) -> float:
    """Without exports learning reads the table page by page, at half a unit for every 4 KB."""
    table_bytes = users * habits.likes * habits.months_kept * units.stored_bytes["feedback"] / 2
    return 0.0 if choices.protect else choices.exports_per_month * table_bytes / 4_096 / 2


def _polls(*, fifo: bool) -> float:
    queues = [one.source for one in FUNCTIONS if isinstance(one.source, Queue) and one.source.fifo == fifo]
    return len(queues) * POLLS_A_MINUTE * SECONDS / 60


def _standing() -> dict[str, float]:
    """What is paid when nobody is there, as the template declares it."""
    kinds = Counter(one.get("Type") for one in render()["Resources"].values())  # type: ignore[attr-defined]
    return {
        "alarms": float(kinds["AWS::CloudWatch::Alarm"]),
        "secrets": float(kinds["AWS::SecretsManager::Secret"]),
        "metrics": float(METRICS_OF_OURS),
    }
