"""Texts that nobody has thought of: cursors, tokens, titles, imports, answers of the model; and work that may not grow
with the square of what is sent."""

import base64
import json
import os
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.auth.keys import KeyRing
from chalicelib.auth.tokens import InvalidTokenError, issue, verify
from chalicelib.catalog.titles.mentions import Mention, readings_of
from chalicelib.catalog.titles.normalize import title_key
from chalicelib.catalog.typed.reading import tries_of
from chalicelib.errors import DomainError, InvalidInputError
from chalicelib.feedback.history_rows import ROWS_MAX, HistoryFormat, read_history
from chalicelib.http.cursors import seal, unseal
from chalicelib.recommendations.llm.loose_json import parse_loosely
from chalicelib.recommendations.llm.port import ModelReply, Prompt
from chalicelib.recommendations.llm.reply import REASON_CHARACTERS_MAX, plain_reason, read_reply
from chalicelib.settings import Settings
from tests.auth_world import SECRET

type Tried = Counter[tuple[str, str]]

TIMES = int(os.environ.get("ATTACKS", "1000"))
often = settings(max_examples=TIMES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
NOW = datetime(2026, 3, 1, tzinfo=UTC)
KEYS = (b"k" * 32,)
RING = KeyRing(lambda: json.dumps({"kid": "first", "secret": SECRET}))
TOKEN = issue(RING, "00000000-0000-4000-8000-000000000001", "s", NOW, Settings(), NOW)
CURSOR = seal({"place": "20"}, KEYS)
SIGNS = st.text(st.characters(codec="utf-8")) | st.text("-_.=AZaz09+/ ", max_size=300)
ODD = st.sampled_from(
    ["\u202e", "\u0301" * 50, "\u200b", "(", "[", "«", "1999", ", The", " / ", "фильм ", '"', "'", " " * 99]
)
TITLES = st.lists(st.text(max_size=40) | ODD, max_size=30).map("".join)
FORMATS: tuple[HistoryFormat, ...] = ("imdb", "letterboxd", "kinopoisk", "trakt", "plain")


def changed(text: str, place: int, sign: str) -> str:
    """The text with another sign at a place."""
    place %= len(text)
    return text[:place] + sign + text[place + 1 :]


EDITED = st.tuples(st.integers(min_value=0), st.text(max_size=3))


@often
@given(edit=EDITED, text=SIGNS)
def test_no_cursor_but_ours_is_a_position(tried: Tried, edit: tuple[int, str], text: str) -> None:
    for forged in (changed(CURSOR, *edit), text, base64.urlsafe_b64encode(text.encode("utf-8", "replace")).decode()):
        tried["cursors, edited and made up", "400"] += 1
        with suppress(InvalidInputError):
            assert unseal(forged, dict[str, str], KEYS) == {"place": "20"}, "the same bytes, written otherwise"


@often
@given(edit=EDITED, text=SIGNS)
def test_no_token_but_ours_speaks_for_anybody(tried: Tried, edit: tuple[int, str], text: str) -> None:
    for forged in (changed(TOKEN, *edit), text, f"{TOKEN.rpartition('.')[0]}.{text}"):
        tried["access tokens, edited and made up", "401"] += 1
        try:
            claims = verify(forged, RING, Settings(), NOW)
        except InvalidTokenError:
            continue
        assert claims.user_id.endswith("0001"), "another way to write the same bytes"
        assert forged.rpartition(".")[0] == TOKEN.rpartition(".")[0]


@often
@given(text=TITLES)
def test_any_title_is_read(tried: Tried, text: str) -> None:
    tried["titles", "a key without blanks around it, and few readings"] += 1
    key = title_key(text)
    assert key == " ".join(key.split())
    assert len(key) <= 4 * len(text)
    assert all(reading.title for reading in readings_of(Mention(text)))
    assert len(tries_of(text[:200])) < 30


USUAL = ["9", "10", "4,5", "2024-01-02", "tt0133093", "movie", '"', "\0", "9" * 40]
CELLS = st.text(max_size=30) | st.sampled_from(USUAL)
TABLES = st.lists(st.lists(CELLS, max_size=8), max_size=12)
HEADERS = {
    "plain": "title,year,rating", "imdb": "Const,Your Rating,Date Rated,Title,Year", "trakt": "type,title,year,imdb_id",
    "letterboxd": "Date,Name,Year,Letterboxd URI,Rating", "kinopoisk": "Русскоязычное название;Год;Моя оценка",
}  # fmt: skip


@often
@given(kind=st.sampled_from(FORMATS), rows=TABLES, with_header=st.booleans())
def test_any_history_is_read_or_refused_in_a_sentence(
    tried: Tried, kind: HistoryFormat, rows: list[list[str]], with_header: bool
) -> None:
    tried["imported histories", "rows of films, or a refusal"] += 1
    lines = [",".join(row) for row in rows]
    with suppress(DomainError):
        found = read_history("\n".join([HEADERS[kind], *lines] if with_header else lines), kind)
        assert len(found) <= ROWS_MAX
        assert all(row.title and row.rating in ("like", "dislike", "seen") for row in found)


QUESTION = Prompt(
    messages=(), functions=(), function_call="recommend_films", offered=("a", "b", "c"), language="ru",
    prompt_version="v1", prompt_tokens=1, variable_tokens=1, max_completion_tokens=1,
)  # fmt: skip
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | TITLES | st.sampled_from([1, 2, 3, "1", "2"])
NAMES = st.sampled_from(["picks", "proposals", "n", "why", "title", "year", "arguments", "reason", "id"]) | st.text()
SAID = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner), max_leaves=30)


@often
@given(said=SAID, text=TITLES)
def test_any_answer_of_the_model_keeps_the_rules(tried: Tried, said: object, text: str) -> None:
    for reply in (ModelReply(arguments=said, content=text), ModelReply(content=text + json.dumps(said))):
        tried["answers of the model", "nothing but offered films, short plain reasons"] += 1
        kept = read_reply(reply, QUESTION, {"b"}, "ru")
        assert {film for film, _ in kept.picks} <= {"a", "c"}
        reasons = [reason for _, reason in kept.picks] + [reason for _, _, reason in kept.proposals]
        assert all(len(reason) <= REASON_CHARACTERS_MAX and "<" not in reason for reason in reasons)


LENGTHS = [2_000, 4_000, 8_000, 16_000]
GROWTH_MOST = 3.0  # a doubled input may take twice as long; four times is the square
FREE_SECONDS = 0.05  # what takes less at the longest says nothing of growth
PIECES = [
    " ",
    "a",
    "(",
    ")",
    "[1999]",
    "a ",
    "ё",
    "«",
    '"',
    "\\",
    "{",
    "[",
    '{"',
    ",",
    ", The",
    " / ",
    "\u0301",
    "1",
    "\n",
    "'",
    "-",
]


def _history(text: str) -> object:
    return read_history(f"title,year,rating\n{text},1999,9", "plain")


WORK: dict[str, Callable[[str], object]] = {
    "reading a title": lambda text: readings_of(Mention(text)),
    "a title's key": title_key,
    "what is typed": lambda text: tries_of(text[:200]),
    "a history": _history,
    "a model's words": lambda text: plain_reason(text, "ru"),
    "a model's JSON": parse_loosely,
    "a cursor": lambda text: unseal(text, list[int], KEYS),
    "a token": lambda text: verify(text, RING, Settings(), NOW),
}


def seconds(work: Callable[[str], object], text: str) -> float:
    """Processor time, the least of three."""
    taken = []
    for _ in range(3):
        began = time.process_time()
        with suppress(DomainError, InvalidTokenError):
            work(text)
        taken.append(time.process_time() - began)
    return min(taken)


@pytest.mark.parametrize("name", WORK)
def test_work_does_not_grow_with_the_square_of_what_is_sent(tried: Tried, name: str) -> None:
    for piece in PIECES:
        for ending in ("", "x"):
            taken = []
            for length in LENGTHS:
                tried["doubled inputs", f"no work grows more than {GROWTH_MOST:.0f}-fold"] += 1
                taken.append(seconds(WORK[name], (piece * length)[: length - 1] + ending))
            assert taken[-1] < FREE_SECONDS or taken[-1] / taken[-2] < GROWTH_MOST, f"{piece!r}: {taken}"
