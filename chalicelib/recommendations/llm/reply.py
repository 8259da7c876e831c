"""What we accept of a reply: parsed tolerantly, checked strictly. Pure."""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Literal, Protocol

import msgspec

from chalicelib.language import Language
from chalicelib.plain_text import has_marks, hides_something, leads_elsewhere
from chalicelib.recommendations.llm.loose_json import parse_loosely
from chalicelib.recommendations.llm.port import ModelReply

REASON_CHARACTERS_MAX = 200
TASTE_SENTENCES, TASTE_CHARACTERS_MAX = 3, 130  # as asked for, with a margin; the page has room for two lines of each
PROPOSALS_MAX = 8  # twice what was asked for; each costs a search, and fifty of them are a reply gone wrong
_TITLE_CHARACTERS_MAX = 150
_YEARS = range(1880, 2101)
_LETTERS_MIN = 8  # less is no sentence
_SHARE_OF_SCRIPT = 0.6  # of the letters outside quotation marks, which may hold titles in any script

_MARKUP = re.compile(r"[<>`*_#~|{}\[\]\\]|&\w+;|&#")
# Beside addresses and numbers: streets, places to write to, and secrets. No reason to see a film needs them.
_CONTACT = re.compile(
    r"\b(?:ул|пр-т|просп)\.|"
    r"парол|пин-?код|cvv|логин|password|passcode|\bpin\b|\blog-?in\b|sign in|"
    r"telegram|телеграм|whatsapp|вотсап|ватсап|viber|вайбер|discord|дискорд|skype|скайп|instagram|инстаграм|вконтакте|"
    r"звоните|(?:на|по)пишите (?:мне|нам)|\b(?:call|text|dm|message) (?:me|us)\b",
    re.IGNORECASE,
)
_GLUED = re.compile(r"[^\W\d_]{2}[\w-]*\.[^\W\d_]{2}")  # beside the links of everybody: any ending may be a domain's
_QUOTED = re.compile(r"«[^»]*»|“[^”]*”|\"[^\"]*\"|„[^“]*“")
_SENTENCES = re.compile(r"(?<=[.!?…])\s+")
_TRAILING_YEAR = re.compile(r"^(.*?)[\s,(]+(\d{4})\)?$")

type Cause = Literal["blacklist", "length", "error", "nonsense", "empty", "nothing_usable"]


class Offer(Protocol):
    """What a reply's numbers mean: the film offered under number n is `offered[n - 1]`."""

    @property
    def offered(self) -> tuple[str, ...]:
        """Film ids."""


class ReadReply(msgspec.Struct, frozen=True, kw_only=True):
    """What is left of a reply. Picks are (film id, reason) in the model's order, proposals (title, year, reason), yet
    to be matched; a reason that did not pass is empty, the film stays. `taste` are sentences on what the viewer likes.
    `cause` says why nothing is left."""

    picks: tuple[tuple[str, str], ...] = ()
    proposals: tuple[tuple[str, int | None, str], ...] = ()
    taste: tuple[str, ...] = ()
    cause: Cause | None = None
    dropped: Mapping[str, int] = {}


def read_reply(reply: ModelReply, prompt: Offer, forbidden_ids: Collection[str], language: Language) -> ReadReply:
    """Only films that were offered, none forbidden, none twice; reasons of plain text in the viewer's script."""
    if reply.finish_reason == "blacklist":
        return ReadReply(cause="blacklist")
    if reply.finish_reason == "length":  # the rest is missing, and with it perhaps the sense
        return ReadReply(cause="length")
    if reply.finish_reason == "error":
        return ReadReply(cause="error")
    arguments = _arguments(reply)
    if arguments is None:
        return ReadReply(cause="nonsense")
    dropped: Counter[str] = Counter()
    picks = _picks(_entries(arguments, "picks"), prompt.offered, forbidden_ids, language, dropped)
    proposals = _proposals(_entries(arguments, "proposals"), language, dropped)
    taste = _taste(arguments, language, dropped)
    cause: Cause | None = None
    if not picks and not proposals:
        cause = "nothing_usable" if +dropped else "empty"
    return ReadReply(picks=picks, proposals=proposals, taste=taste, cause=cause, dropped=dict(+dropped))


def plain_reason(text: object, language: Language) -> str:
    """The sentence, or an empty one unless it is plain text of at most 200 characters in the language's script."""
    if not isinstance(text, str):
        return ""
    reason = " ".join(text.split())
    if len(reason) > REASON_CHARACTERS_MAX:
        return ""
    if hides_something(reason) or has_marks(reason) or leads_elsewhere(reason):
        return ""
    folded = unicodedata.normalize("NFKC", reason)  # a full-width < is one
    if any(one.search(folded) for one in (_MARKUP, _GLUED, _CONTACT)):
        return ""
    letters = [sign for sign in _QUOTED.sub(" ", reason) if sign.isalpha()]
    script = "CYRILLIC" if language == "ru" else "LATIN"
    fitting = sum(unicodedata.name(sign, "").startswith(script) for sign in letters)
    return reason if len(letters) >= _LETTERS_MIN and fitting >= _SHARE_OF_SCRIPT * len(letters) else ""


def _arguments(reply: ModelReply) -> Mapping[str, object] | None:
    arguments: object = reply.arguments
    if arguments is None or isinstance(arguments, str):
        arguments = parse_loosely(arguments or reply.content)
    for _ in range(2):  # {"name": …, "arguments": {…}} written out as text
        if isinstance(arguments, dict) and "arguments" in arguments and "picks" not in arguments:
            arguments = arguments["arguments"]
        if isinstance(arguments, str):
            arguments = parse_loosely(arguments)
    if isinstance(arguments, list):  # the picks alone, or an answer among other things in brackets
        whole = (one for one in arguments if isinstance(one, dict) and {"picks", "proposals"} & one.keys())
        arguments = next(whole, {"picks": arguments})
    return arguments if isinstance(arguments, dict) else None


def _entries(arguments: Mapping[str, object], key: str) -> list[object]:
    found = arguments.get(key)
    if isinstance(found, str):
        found = parse_loosely(found)
    return found if isinstance(found, list) else []


def _picks(
    entries: list[object],
    offered: tuple[str, ...],
    forbidden_ids: Collection[str],
    language: Language,
    dropped: Counter[str],
) -> tuple[tuple[str, str], ...]:
    picks: dict[str, str] = {}
    for entry in entries:
        fields = entry if isinstance(entry, dict) else {"n": entry}
        number = _number(next((fields[key] for key in ("n", "number", "id", "index") if key in fields), None))
        if number is None or not 1 <= number <= len(offered):
            dropped["not_offered"] += 1
        elif (film_id := offered[number - 1]) in forbidden_ids:
            dropped["rated"] += 1
        elif film_id in picks:
            dropped["repeated"] += 1
        else:
            picks[film_id] = _reason(fields, language, dropped)
    return tuple(picks.items())


def _proposals(
    entries: list[object], language: Language, dropped: Counter[str]
) -> tuple[tuple[str, int | None, str], ...]:
    proposals: dict[str, tuple[str, int | None, str]] = {}
    for entry in entries:
        fields = entry if isinstance(entry, dict) else {"title": entry}
        title, year = title_and_year(fields.get("title"), _number(fields.get("year")))
        if not title:
            dropped["untitled"] += 1
        elif title.casefold() in proposals:
            dropped["repeated"] += 1
        elif len(proposals) >= PROPOSALS_MAX:
            dropped["too_many"] += 1
        else:
            proposals[title.casefold()] = (title, year, _reason(fields, language, dropped))
    return tuple(proposals.values())


def _taste(arguments: Mapping[str, object], language: Language, dropped: Counter[str]) -> tuple[str, ...]:
    """The first three sentences, those of them that pass, each once."""
    given = arguments.get("taste")
    entries = _entries(arguments, "taste") or (_SENTENCES.split(given) if isinstance(given, str) else [])
    plain = (plain_reason(one, language) for one in entries[:TASTE_SENTENCES])
    passed = [one if len(one) <= TASTE_CHARACTERS_MAX else "" for one in plain]
    dropped["bad_taste"] += passed.count("")
    return tuple(dict.fromkeys(filter(None, passed)))


def _reason(fields: Mapping[str, object], language: Language, dropped: Counter[str]) -> str:
    given = next((fields[key] for key in ("why", "reason") if fields.get(key)), "")
    reason = plain_reason(given, language)
    if not reason:
        dropped["bad_reason"] += 1
    return reason


def title_and_year(title: object, year: int | None = None) -> tuple[str, int | None]:
    """A film as a model writes it, its year behind the title or apart; an empty title where it is none."""
    text = " ".join(title.split()) if isinstance(title, str) else ""
    if year is None and (found := _TRAILING_YEAR.match(text)):
        text, year = found.group(1).rstrip(" ,("), int(found.group(2))
    if len(text) > _TITLE_CHARACTERS_MAX or hides_something(text):
        text = ""
    return text, year if year in _YEARS else None


def _number(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    if isinstance(value, str):
        value = int(value) if value.strip().isascii() and value.strip().isdigit() and len(value) < 10 else None
    return value if isinstance(value, int) else None
