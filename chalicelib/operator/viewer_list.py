"""A viewer's list as it was published, each place with what put it there, and how their questions stand."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from chalicelib.errors import NotFoundError
from chalicelib.language import Language
from chalicelib.recommendations.llm.port import readable_reply
from chalicelib.recommendations.model import AskState, Ground, RawReply, Source, StoredFilm, Why
from chalicelib.recommendations.ports import RecommendationStore


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """What put a film into its place: parts of its score in hundredths of the list's best, `kept_percent` of it left by
    the taste guard; places it `rose` over the order of scores; its number among the model's `pick`s, null for none;
    whether it was `promised` by what the viewer said; the `chance` (0…1) of a place drawn by lot, null for others; how
    often it was `shown_untouched`, for which it stands last, null for others."""

    likes: int
    content: int
    popularity: int
    recent: int
    kept_percent: int
    rose: int
    pick: int | None
    promised: bool
    chance: float | None
    shown_untouched: int | None


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """One film of the list. `account` is null for the top list's. `words`: the model's own, where it gave any."""

    place: int
    film_id: str
    title: str
    year: int | None
    source: Source
    ground: Ground
    because: tuple[str, ...]
    words: str | None
    account: Account | None


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """The viewer's questions to the model. `cause`: why the last one brought nothing, "" when it did."""

    asked_at: datetime | None
    is_open: bool
    waits_since: datetime | None
    not_before: datetime | None
    cause: str


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """The last question that was answered, as it is kept for two days: what was sent of this viewer's (the rest is the
    prompt version's), and what came back. `tokens` as billed. `prompt` is "" where it was not kept."""

    replied_at: datetime
    prompt_version: str
    language: Language
    tokens: int
    offered: int
    prompt: str
    reply: str


class PublishedList(msgspec.Struct, frozen=True, kw_only=True):
    """The list that the viewer's page is made from: what they have judged since is still in it. `asked` is null when
    nothing of a question is kept; `because_titles` by film id."""

    user_id: str
    version: int
    generated_at: datetime
    source: Source
    judged: int
    question: Question
    asked: Asked | None
    because_titles: Mapping[str, str]
    places: tuple[Place, ...]


def published_list(store: RecommendationStore, user_id: str, language: Language, now: datetime) -> PublishedList:
    """The list with titles in this language. Up to 6 read units, and cards that this worker has not met.

    Raises:
        NotFoundError: none is stored for this viewer.
    """
    record = store.read(user_id)
    held = record.list_
    if held is None:
        raise NotFoundError("No list is stored for this viewer: their page shows the top list.")
    return PublishedList(
        user_id=user_id,
        version=held.version,
        generated_at=held.generated_at,
        source=held.source,
        judged=held.judged,
        question=_question(record.state, now),
        asked=_asked(record.raw) if record.raw else None,
        because_titles={film_id: titles.in_language(language) for film_id, titles in held.because_titles.items()},
        places=tuple(_place(number, film, language) for number, film in enumerate(held.films, 1)),
    )


def _place(number: int, film: StoredFilm, language: Language) -> Place:
    return Place(
        place=number,
        film_id=film.card.film_id,
        title=film.card.titles.in_language(language),
        year=film.card.year,
        source=film.source,
        ground=film.ground,
        because=film.because,
        words=film.reason,
        account=_account(film.why) if film.why else None,
    )


def _account(why: Why) -> Account:
    return Account(
        likes=why.likes,
        content=why.content,
        popularity=why.popularity,
        recent=why.recent,
        kept_percent=why.kept,
        rose=why.rose,
        pick=why.pick or None,
        promised=why.promised,
        chance=why.chance / 10_000 if why.chance else None,
        shown_untouched=why.shown or None,
    )


def _asked(raw: RawReply) -> Asked:
    return Asked(
        replied_at=raw.replied_at,
        prompt_version=raw.prompt_version,
        language=raw.language,
        tokens=raw.tokens,
        offered=len(raw.offered),
        prompt=raw.prompt,
        reply=readable_reply(raw.reply_json),
    )


def _question(state: AskState, now: datetime) -> Question:
    return Question(
        asked_at=state.asked_at,
        is_open=state.is_open(now),
        waits_since=state.stale_since,
        not_before=state.not_before,
        cause=state.cause,
    )
