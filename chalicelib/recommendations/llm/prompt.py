"""What we ask the model: taste and candidates as one function call, within a token limit. Pure but for its templates.

What never changes stands first (system text, function, example): the service caches a shared prefix and does not bill
it. No personal data: nothing of the viewer but what he thinks of films. Titles are data: short, on one line, quoted.
"""

import json
import random
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from chalicelib.language import Language
from chalicelib.recommendations.llm.port import Message, Prompt
from chalicelib.recommendations.llm.token_estimate import MESSAGE_TOKENS, estimate_prompt, estimate_tokens
from chalicelib.recommendations.model import RankedFilm, Taste, TasteFilm

PROMPT_VERSION = "v2"
VARIABLE_TOKENS_MAX = 900  # the part that no cache helps with
PROMPT_TOKENS_MAX = 1_475  # as much as before a taste was asked for too: some candidates fewer pay for it
TASTE_TOKENS_MAX = 260  # leaves room for 40 candidates of usual length
CANDIDATES_MIN, CANDIDATES_MAX = 40, 60  # fewer leave the model no choice, more make it skim
PICKS, PROPOSALS = 12, 4
COMPLETION_TOKENS_MAX = 1_400  # 16 films and a taste, 19 sentences of 120 characters and JSON, and a margin for prose
TITLE_CHARACTERS_MAX = 60
_SHORT_TITLE_CHARACTERS = 24
_LANGUAGES = {"ru": "русский", "en": "английский (English)"}
_QUOTES = str.maketrans(dict.fromkeys('"«»“”„‟″`<>{}[]\\|', "'"))


def prompt_versions() -> frozenset[str]:
    """The versions of the question about a viewer; those about films begin with `film`."""
    folder = Path(__file__).parent / "prompts"
    return frozenset(one.name for one in folder.iterdir() if one.is_dir() and not one.name.startswith("film"))


@cache
def template(version: str, name: str) -> str:
    """A text of that prompt's version."""
    return (Path(__file__).parent / "prompts" / version / name).read_text(encoding="utf-8").strip()


@cache
def function_of(version: str) -> dict[str, object]:
    """The function that is to be called."""
    found: dict[str, object] = json.loads(template(version, "function.json"))
    return found


def build_prompt(
    taste: Taste,
    candidates: Sequence[RankedFilm],
    language: Language,
    seed: int | str,
    version: str = PROMPT_VERSION,
) -> Prompt:
    """One function call about this taste and the best of the candidates (best first), shuffled by the seed.

    A model prefers what stands early in a list (0.81 of the first third picked, 0.51 of the last, in one published
    run), so the order is another one in every call. At most 900 variable tokens and 1,475 in all, whatever the titles.
    """
    taste_text = _taste_lines(taste, language)
    chosen = list(candidates[:CANDIDATES_MAX])
    shuffled = random.Random(seed).sample(range(len(chosen)), len(chosen))  # noqa: S311 - an order, not a secret
    system, function = template(version, "system.txt"), function_of(version)
    prefix_tokens = estimate_prompt((system,), (function,))
    room = min(VARIABLE_TOKENS_MAX, PROMPT_TOKENS_MAX - prefix_tokens) - MESSAGE_TOKENS
    room -= estimate_tokens(_asked(version, language, taste_text, ())) + 1
    kept = _fitting([_forms(one, language) for one in chosen], room)
    places = [place for place in shuffled if place in kept]
    lines = [f"{number} {kept[place]}" for number, place in enumerate(places, start=1)]
    user = _asked(version, language, taste_text, lines)
    return Prompt(
        messages=(Message("system", system), Message("user", user)),
        functions=(function,),
        function_call=str(function["name"]),
        offered=tuple(chosen[place].film.film_id for place in places),
        language=language,
        prompt_version=version,
        prompt_tokens=estimate_prompt((system, user), (function,)),
        variable_tokens=estimate_tokens(user) + MESSAGE_TOKENS,
        max_completion_tokens=COMPLETION_TOKENS_MAX,
    )


def plain_title(title: str, characters_max: int = TITLE_CHARACTERS_MAX) -> str:
    """A title as data: one line, no control characters, no quotes or brackets it could break out with, not too long."""
    spaced = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in title)
    text = " ".join(spaced.translate(_QUOTES).split())
    return text if len(text) <= characters_max else text[: characters_max - 1].rstrip() + "…"


def _asked(version: str, language: Language, taste_text: str, lines: Iterable[str]) -> str:
    # `replace`, not `format`: a title with braces is only a title.
    return (
        template(version, "question.txt")
        .replace("{language}", _LANGUAGES[language])
        .replace("{picks}", str(PICKS))
        .replace("{proposals}", str(PROPOSALS))
        .replace("{taste}", taste_text)
        .replace("{candidates}", "\n".join(lines))
    )


def _taste_lines(taste: Taste, language: Language) -> str:
    """The heaviest films of each kind, within the taste's share of the tokens."""
    shares = (
        ("Ещё такого", taste.steered, 0.25),
        ("Нравится", taste.liked, 0.7),
        ("Не нравится", taste.disliked, 0.6),
        ("Не предлагать похожее", taste.excluded, 1.0),
    )
    left, lines = TASTE_TOKENS_MAX, []
    for label, films, share in shares:
        line, spent = _within(label, films, language, int(left * share))
        left -= spent
        if line:
            lines.append(line)
    return "\n".join(lines)


def _within(label: str, films: Sequence[TasteFilm], language: Language, tokens: int) -> tuple[str, int]:
    spent, notes = estimate_tokens(f"{label}:") + 1, []
    for film in sorted(films, key=lambda one: one.weight, reverse=True):  # stable: of equals the newest first
        note = f'"{plain_title(film.titles.in_language(language))}"' + (f" {film.year}" if film.year else "")
        cost = estimate_tokens(note) + 1
        if spent + cost > tokens:
            break
        spent += cost
        notes.append(note)
    return (f"{label}: {'; '.join(notes)}", spent) if notes else ("", 0)


def _forms(one: RankedFilm, language: Language) -> tuple[str, ...]:
    """A candidate's line, ever shorter: with two genres, with one, with none, with a short title."""
    film = one.film
    year = f" {film.year}" if film.year else ""
    quoted = f'"{plain_title(film.titles.in_language(language))}"{year}'
    genres = [plain_title(genre, 20).replace(" ", "-") for genre in film.genres[:2]]
    short = f'"{plain_title(film.titles.in_language(language), _SHORT_TITLE_CHARACTERS)}"{year}'
    return (*(f"{quoted} {','.join(genres[:count])}".rstrip() for count in (2, 1, 0)), short)


def _fitting(films: Sequence[tuple[str, ...]], tokens: int) -> dict[int, str]:
    """As many of the lines as fit, best films first: as long as 40 fit, else the shorter forms."""
    kept: dict[int, str] = {}
    for lines in zip(*films, strict=True):
        kept, left = {}, tokens
        for place, line in enumerate(lines):
            left -= estimate_tokens(line) + 2  # its number and its line end
            if left < 0:
                break
            kept[place] = line
        if len(kept) >= min(CANDIDATES_MIN, len(films)):
            break
    return kept
