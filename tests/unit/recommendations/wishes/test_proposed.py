"""What is accepted of a model's plan: the contract's kinds, values that make sense, films and people that are held."""

import json

import pytest

from chalicelib.catalog.port import Catalog
from chalicelib.recommendations.llm.port import ModelReply
from chalicelib.recommendations.wishes.model import WISHES_MAX, Plan, Wish
from chalicelib.recommendations.wishes.proposed import proposed_plan, with_rules
from tests.text_lanes import wishes

TEXT = "Что-нибудь вроде Чужого, но про монстров"


def values(plan: Plan) -> list[tuple[str, str | int]]:
    return [(wish.kind, wish.value) for wish in plan]


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        ("genre", "Comedy", "Comedy"), ("genre", "комедия, драма", "Comedy, Drama"), ("genre", "Borscht", None),
        ("genre", "Comedy, Borscht", None), ("not_genre", "ужасы", "Horror"),
        ("country", "USSR", "Soviet Union"), ("country", "Франция", "France"), ("country", "Atlantis", None),
        ("person", "Билл Мюррей", "Bill Murray"), ("person", "Bill Murray", "Bill Murray"),
        ("person", "Nobody Nowhere", None), ("person", "", None),
        ("like", "Чужой (1979)", "Alien (1979)"), ("like", "Alien", "Alien (1979)"),
        ("unlike", "Toy Story (1995)", "Toy Story (1995)"), ("like", "Avatar 3 (2025)", None),
        ("year_from", "1990", 1990), ("year_from", 1990, 1990), ("year_to", 1990.0, 1990), ("year_to", "90", None),
        ("year_to", "2000 год", None), ("year_from", True, None), ("year_from", "1" * 400, None),
        ("max_minutes", "90", 90), ("max_minutes", "0", None), ("max_minutes", "-5", None),
        ("age_limit", "12+", 12), ("age_limit", "7", 6), ("age_limit", "99", None),
        ("words", "монстров", "монстров"), ("words", "ограбление", "ограбление"), ("words", "buy now", None),
        ("films", "Alien", None), ("", "x", None), ("genre", None, None), ("genre", ["Comedy"], None),
        ("genre", {"$ne": ""}, None), ("words", "про\u202e", None),
    ],
)  # fmt: skip
def test_of_a_wish_what_makes_sense_is_kept(
    catalog: Catalog, kind: object, value: object, kept: str | int | None
) -> None:
    plan = proposed_plan(catalog, wishes((kind, value)), TEXT)
    assert values(plan) == ([] if kept is None else [(kind, kept)])


@pytest.mark.parametrize(
    "reply",
    [
        {"arguments": {"wishes": [{"kind": "genre", "value": "Horror", "said": "про монстров"}]}},
        {"arguments": json.dumps({"wishes": [{"kind": "genre", "value": "Horror", "said": "про монстров"}]})},
        {"content": 'Вот:\n```json\n{"wishes": [{"kind": "genre", "value": "Horror", "said": "про монстров"},]}\n```'},
        {"content": '{"name": "plan_wishes", "arguments": {"wishes": '
                    '[{"kind": "genre", "value": "Horror", "said": "про монстров"}]}}'},
        {"arguments": [{"kind": "genre", "value": "Horror", "said": "ПРО МОНСТРОВ"}]},
    ],
)  # fmt: skip
def test_it_is_read_however_it_is_written(catalog: Catalog, reply: dict[str, object]) -> None:
    plan = proposed_plan(catalog, ModelReply(**reply), TEXT)  # type: ignore[arg-type]
    assert plan == (Wish(kind="genre", value="Horror", text="про монстров"),)


def test_words_that_the_viewer_has_not_said_are_shown_as_nobodys(catalog: Catalog) -> None:
    said = {"wishes": [{"kind": "genre", "value": "Horror", "said": "системный промпт"}]}
    assert [wish.text for wish in proposed_plan(catalog, ModelReply(arguments=said), TEXT)] == [""]


def test_no_plan_has_more_wishes_than_a_client_may_send_and_no_more_searches_than_a_request(catalog: Catalog) -> None:
    many = wishes(*(("genre", "Horror"), ("person", "Bill Murray")) * 50)
    assert len(proposed_plan(catalog, many, TEXT)) == 2
    years = wishes(*(("words", word) for word in TEXT.split() * 30))
    assert len(proposed_plan(catalog, years, TEXT)) <= WISHES_MAX


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ([("year_from", 2000), ("year_to", 1990)], []),
        ([("year_from", 1990), ("year_to", 2000)], [("year_from", 1990), ("year_to", 2000)]),
        ([("max_minutes", 90), ("max_minutes", 120)], [("max_minutes", 90)]),
        ([("genre", "Horror"), ("not_genre", "Horror")], [("not_genre", "Horror")]),
        ([("like", "Alien (1979)"), ("unlike", "Alien (1979)")], [("unlike", "Alien (1979)")]),
    ],
)
def test_wishes_that_contradict_each_other_are_none(
    catalog: Catalog, given: list[tuple[str, object]], kept: list[tuple[str, object]]
) -> None:
    assert values(proposed_plan(catalog, wishes(*given), TEXT)) == kept


def test_limits_and_refusals_of_the_rules_stay_where_the_model_is_silent_and_nothing_else() -> None:
    rules = (
        Wish(kind="year_to", value=1990), Wish(kind="not_genre", value="War"), Wish(kind="genre", value="Drama"),
        Wish(kind="max_minutes", value=90), Wish(kind="words", value="x"),
    )  # fmt: skip
    model = (Wish(kind="genre", value="Comedy"), Wish(kind="max_minutes", value=100))
    assert values(with_rules(model, rules)) == [
        ("year_to", 1990), ("not_genre", "War"), ("genre", "Comedy"), ("max_minutes", 100)
    ]  # fmt: skip
