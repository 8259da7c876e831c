"""What `python -m infra status` prints: a line for each part, and what needs somebody stands out."""

from chalicelib.operator.status import Catalogue, Learning, Lists, Money, Questions, QueueState, Status, Tokens
from infra.operator.status import lines
from tests.factories import NOW

FOUND = Status(
    at=NOW,
    questions=Questions(today=7, by_outcome={"answered": 5, "failed": 2}, open=1, waiting=4),
    tokens=Tokens(used=9_000, lost=0, reserved=1_000, budget=40_000, money=Money(amount=0.59, currency="RUB")),
    lists=Lists(by_source={"gigachat": 3, "personal": 1_234, "top": 0}),
    queues={
        "ask": QueueState(waiting=4, oldest_seconds=95, dead=2),
        "rebuild": QueueState(waiting=0, oldest_seconds=0, dead=0),
    },
    catalogue=Catalogue(films=9_724, loaded_at=NOW, withdrawn=3),
    learning=Learning(learned_at=NOW, likes=1_000, hit_rate=0.159, popularity_hit_rate=0.061, runs=()),
)


def test_each_part_has_a_line() -> None:
    assert list(lines(FOUND)) == [
        "2026-03-01 12:00 UTC",
        "questions   7 today: answered 5, failed 2",
        "waiting     4 viewers for a question, 1 queued or running",
        "tokens      9,000 used, 1,000 reserved of 40,000 (25 %), 0.59 RUB",
        "lists       gigachat 3, personal 1,234, top 0",
        "queue       ask: 4 waiting, the oldest for 95 s, 2 DEAD",
        "queue       rebuild: 0 waiting",
        "catalogue   9,724 films, loaded 2026-03-01 12:00, 3 withdrawn since",
        "learning    2026-03-01 12:00, of 1,000 likes; HR@10 0.159, of plain popularity 0.061",
    ]


def test_what_is_not_known_is_said() -> None:
    nothing = Status(
        at=NOW,
        questions=Questions(today=0, by_outcome={}, open=0, waiting=0),
        tokens=FOUND.tokens,
        lists=FOUND.lists,
        queues={"ask": QueueState(waiting=1, oldest_seconds=None, dead=0)},
        catalogue=Catalogue(films=None, loaded_at=None, withdrawn=None),
        learning=Learning(learned_at=None, likes=None, hit_rate=None, popularity_hit_rate=None, runs=()),
    )
    told = list(lines(nothing))
    assert told[1] == "questions   0 today"
    assert told[5:] == ["queue       ask: 1 waiting", "catalogue   does not answer", "learning    nothing yet"]
