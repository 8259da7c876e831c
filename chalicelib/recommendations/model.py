"""Lists, tastes, candidates and answers, as plain data."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import ClassVar, Literal, NamedTuple

import msgspec

from chalicelib.catalog.model import Film, FilmCard, KnownFilm, Titles
from chalicelib.errors import ConflictError, GoneError
from chalicelib.language import Language

type Source = Literal["gigachat", "personal", "top"]
_BEST_FIRST: tuple[Source, ...] = ("gigachat", "personal", "top")
type State = Literal["fresh", "updating", "waiting"]
type Ground = Literal["neighbour", "content", "steer", "popular", "surprise", "model", "proposal"]
"""Why a film is in a list: viewers' likes ("neighbour", as stored lists have it), similarity of content, "more like
this", the top list, exploration, the model's pick or its own proposal."""


class TasteFilm(KnownFilm, frozen=True, kw_only=True):
    """One rated film: its weight (about 1 for a fresh like, always positive) and titles for prompts and reasons."""

    weight: float
    steady_weight: float  # where all likes count alike, however old
    rated_at: datetime


class Taste(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of a viewer's taste. Each film is in exactly one of the four lists, newest first.

    A steer speaks louder than a rating: a liked film with "don't recommend" is in `excluded`. `positive` holds the
    heaviest of liked and steered, `negative` those of disliked and excluded: what the list is made from and keeps
    away from, heaviest first.
    """

    liked: tuple[TasteFilm, ...] = ()
    steered: tuple[TasteFilm, ...] = ()
    disliked: tuple[TasteFilm, ...] = ()
    excluded: tuple[TasteFilm, ...] = ()
    positive: tuple[TasteFilm, ...] = ()
    negative: tuple[TasteFilm, ...] = ()
    rated: frozenset[str] = frozenset()  # all films with feedback of any kind
    saved: frozenset[str] = frozenset()  # those of them that are on the watchlist and of which nothing else is said
    taste_hash: str = ""

    @property
    def favoured(self) -> tuple[TasteFilm, ...]:
        """Every film that the viewer wants more like: those liked, then those steered by."""
        return (*self.liked, *self.steered)


REFUSED_FROM = 0.45  # of a film's doubt: no company for the first page, a surprise or a model's pick from there on


class Why(msgspec.Struct, frozen=True, array_like=True):
    """What put a film into its place. Whole numbers in a row: a list keeps a hundred of them in 0.5 KB of its 12.

    The first four are the parts of its score, in hundredths of the list's best score. A later version adds fields at
    the end, each with a default: lists without them must still be read.
    """

    likes: int  # what other viewers' likes say
    content: int  # similarity of genres and people
    popularity: int
    recent: int  # likes of the last days
    kept: int  # percent of their sum that the taste guard leaves
    rose: int = 0  # places gained over the order of scores; what no ranking had rose from place 0
    pick: int = 0  # its number among the model's picks, from 1 on; 0: it is none
    promised: bool = False  # moved up so that what the viewer has said is seen
    chance: int = 0  # of being drawn, in ten-thousandths, where the place was drawn by lot; 0: it was not
    shown: int = 0  # so often without being touched, for which it stands last; 0: it makes no room


class RankedFilm(msgspec.Struct, frozen=True, kw_only=True):
    """A film with its score (higher is better, comparable within one list only) and the liked films behind it."""

    film: Film
    score: float
    because: tuple[str, ...] = ()  # film ids of liked or "more like this" films, strongest first, at most 3
    ground: Ground = "content"
    doubt: float = 0.0  # 0…1: what the viewer's taste says against it, see `ranking/taste_guard.py`
    why: Why | None = None  # None: it stands there by the top list alone
    place: int = 0  # by score alone, from 1 on; 0: the ranking did not have it

    @property
    def is_refused(self) -> bool:
        """Whether it is no company for the first page, a surprise or a model's pick."""
        return self.doubt >= REFUSED_FROM


class ListOutdatedError(GoneError):
    """A cursor of a list that has been replaced meanwhile."""


class ListChangedError(ConflictError):
    """Somebody else published since the list was read: start over."""


class UserErasedError(ConflictError):
    """The account has been deleted: nothing may be published for it."""


class StoredFilm(msgspec.Struct, frozen=True, kw_only=True):
    """One place of a stored list: the film's card in all languages, and why it is there."""

    card: FilmCard
    ground: Ground
    because: tuple[str, ...]
    reason: str | None  # the model's words, in `reason_language`; None: a sentence is made from `because`
    reason_language: Language | None
    why: Why | None  # None: from the top list, or stored before 0.3

    @property
    def source(self) -> Source:
        """Who put it there, in the words of api.md."""
        if self.ground in ("model", "proposal"):
            return "gigachat"
        return "top" if self.ground == "popular" else "personal"


def best_source(sources: Iterable[Source]) -> Source:
    """A list's source: the best of its films'."""
    return min(sources, key=_BEST_FIRST.index, default="top")


class StoredList(msgspec.Struct, frozen=True, kw_only=True):
    """A viewer's home page as published.

    `read_at` is when the strongly consistent feedback query began that it was made from, or when the last word came
    that it found: no other list will come for that one. `seen_until` is a margin before its beginning (clocks differ),
    and the page subtracts all feedback newer than it. `version` counts publications.
    """

    version: int
    generated_at: datetime
    read_at: datetime
    seen_until: datetime
    taste_hash: str
    films: tuple[StoredFilm, ...]
    because_titles: dict[str, Titles]  # by film id
    judged: int = 0  # how much feedback it was made from
    made_of: str = ""  # that feedback and the reply, see `publish.made_of`; empty: stored before 0.3
    arms: str = ""  # its viewer's, of the experiments that ran, see `outcomes/experiments`
    prompt_version: str = ""  # that the model was asked by; "" without a reply of it, or stored before 0.3
    taste: tuple[str, ...] = ()  # the model's sentences on it, in `taste_language`; none: ours are told
    taste_language: Language | None = None

    @property
    def source(self) -> Source:
        """The best one in it."""
        return best_source(film.source for film in self.films)


class Pick(msgspec.Struct, frozen=True, kw_only=True):
    """A film the model wants shown, with its reason."""

    film_id: str
    reason: str
    proposed: bool = False  # the model named it by itself; it was not among the candidates offered


class StoredReply(msgspec.Struct, frozen=True, kw_only=True):
    """The model's reply, kept on its own so that every later rebuild can merge it. Paid for once."""

    taste_hash: str
    replied_at: datetime = msgspec.field(name="answered_at")  # as older items have it
    language: Language
    prompt_version: str
    question_key: str
    tokens: int  # what it cost
    picks: tuple[Pick, ...]
    taste: tuple[str, ...] = ()  # what the viewer likes, in the model's sentences; none before 0.4
    likes: int = 0  # how many films the viewer liked by then


class RawReply(msgspec.Struct, frozen=True, kw_only=True):
    """The model's words as they came, stored before anybody judges them: what fails later costs no second call.

    `reply_json` is ASCII, whatever a model sends; `offered` are the films by the numbers that the reply names. `prompt`
    is the part of what was sent that is about this viewer; the rest is the prompt version's.
    """

    question_key: str
    taste_hash: str
    language: Language
    prompt_version: str
    offered: tuple[str, ...]
    reply_json: str
    tokens: int
    replied_at: datetime
    prompt: str = ""


FILM_SUBJECT = "film#"
"""Before a film's id, where it stands among viewers: no id of a user begins like that."""

TEXT_SUBJECT = "text#"
"""Before the digest of a text, where it stands among viewers."""

LEASE = timedelta(minutes=15)
"""A question that has been queued or running this long is lost: it may be admitted again. Above the ask queue's
visibility time-out."""
LEASE_DOUBLINGS_MAX = 6  # a question that is lost again and again comes up every 16 hours, not four times an hour


class AskState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The small hot facts of a user: what was asked when, and whether they wait for a question.

    `asked_hash` is the taste last put to the model, whatever came of it; `not_before` is when the next question may be
    asked at the earliest; `pending_since` is set while a question is admitted, queued or running; `stale_since`, while
    the taste has changed and the question waits to be admitted. Whoever has either stands in the sweep's index under
    `look_at`: no question can be forgotten, whatever message was lost.
    """

    version: int = 0  # counts stores, for compare-and-swap; set by the store
    asked_hash: str = ""
    asked_at: datetime | None = None
    not_before: datetime | None = None
    question_key: str = ""  # of a question begun and not finished; a retry uses its key and its reservation
    question_hash: str = ""  # the taste that question is about
    pending_since: datetime | None = None
    stale_since: datetime | None = None
    pausing_until: datetime | None = None  # the first question waits for a pause until then
    refresh_requested_at: datetime | None = None
    day: str = ""
    asked_on_day: int = 0
    times_lost: int = 0  # admissions in a row whose lease ended before the question did
    cause: str = ""  # why the last question brought nothing; empty when it did
    trace: str = ""  # correlation id of the request that made a question wait
    unproven: bool = False  # its questions come out of the common share, see `feedback/standing.py`
    text: str = ""  # what is asked about, where a text stands among viewers; taken away when that has ended
    kept_until: datetime | None = None  # of a text's state alone: it is forgotten then

    @property
    def look_at(self) -> datetime | None:
        """When the sweep has to look at this user; None: nothing waits, nothing is under way."""
        if self.pending_since:
            return self.pending_since + LEASE * (1 << min(self.times_lost, LEASE_DOUBLINGS_MAX))
        return (self.not_before or self.stale_since) if self.stale_since else None

    @property
    def is_present(self) -> bool:
        """Whether the viewer is likely to be there and looking: a first question, or a refresh asked for."""
        return self.asked_at is None or self.refresh_requested_at is not None

    @property
    def has_ended(self) -> bool:
        """Whether the question that was admitted has been begun and come to its end, and nobody could note what comes
        after it: its list could not be made, say."""
        begun = self.asked_at is not None and self.pending_since is not None and self.asked_at >= self.pending_since
        return begun and not self.question_key

    def is_open(self, now: datetime) -> bool:
        """Whether a question is queued or running, and not lost."""
        return self.pending_since is not None and now < (self.look_at or now)


class FilmQuestions(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The questions about new films: which are put to the model, what they cost on a day, and what it said.

    `noted` are the films put, the latest last. `for_lovers_of` has by film those whose lovers it is for by the model's
    word, best first, at most ten. Of either the latest `KEPT` alone: older ones are no premieres any more.
    """

    KEPT: ClassVar[int] = 200  # twice as many as can be premieres at a time; 60 KB as they are stored

    version: int = 0  # counts stores, for compare-and-swap
    since: datetime | None = None  # the latest film of the catalogue that the first look found; later ones are new
    day: str = ""
    noted_on_day: int = 0
    tokens_on_day: int = 0  # set aside for calls
    noted: tuple[str, ...] = ()
    for_lovers_of: dict[str, tuple[str, ...]] = {}


MARK_COVERS = timedelta(minutes=10)  # a sitting, for whose words one mark stands
MARK_RESTS = timedelta(minutes=3)
"""From the last word that a mark covers to its end: more than the clocks of two hosts are apart and a worker runs."""


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """The list may lack words. It covers whatever is said in its first ten minutes: nothing is noted of each word.
    Whoever reads the feedback after `ends_at` has all of them before their eyes, and may take the mark away.

    `token` is another for each word that came too late to be covered: a mark that was `renewed` meanwhile stays.
    """

    token: str
    renewed: bool = False
    ends_at: datetime | None = None  # None: a mark of 0.2, which covers no later word

    @property
    def since(self) -> datetime | None:
        """When its first word came."""
        return self.ends_at - MARK_COVERS - MARK_RESTS if self.ends_at else None

    def covers(self, now: datetime) -> bool:
        """Whether a word that was stored by now needs no mark of its own."""
        return self.ends_at is not None and now < self.ends_at - MARK_RESTS

    def is_over(self, now: datetime) -> bool:
        """Whether who begins to read now reads all that it covers."""
        return self.ends_at is None or now >= self.ends_at


class StoredPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What the model understood of a text, for everybody who types it: wishes as kind, value and the text's words."""

    wishes: tuple[tuple[str, str | int, str], ...]
    prompt_version: str
    planned_at: datetime
    kept_until: datetime


class StoredVector(msgspec.Struct, frozen=True, kw_only=True):
    """The vector of words that viewers have said, by the model that made it (`catalog/meaning.py`)."""

    model: str
    values: bytes
    kept_until: datetime


class TextQuestions(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The questions about texts on a day: tokens set aside for their calls, and until when the site has no model."""

    version: int = 0  # counts stores, for compare-and-swap
    day: str = ""
    tokens_on_day: int = 0
    off_until: datetime | None = None


class KnownText(NamedTuple):
    """All that is known of a text: its state, the plan where there is one, and the day's questions."""

    state: AskState
    plan: StoredPlan | None
    day: TextQuestions


class UserRecord(msgspec.Struct, frozen=True, kw_only=True):
    """All that is stored of a user's recommendations."""

    list_: StoredList | None = None
    reply: StoredReply | None = None
    raw: RawReply | None = None
    state: AskState = AskState()
    due: Mark | None = None
    texts: int = 0  # new ones of theirs on
    texts_day: str = ""  # the last day on which there were any
    erased: bool = False
