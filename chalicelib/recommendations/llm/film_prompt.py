"""What we ask the model about a new film: for the lovers of which films it is. Pure but for its templates.

Made as `prompt.py` makes a viewer's question, and read by the same `reply.py`: films by number, others by title.
Nothing of any viewer is in it, and whatever the catalogue says of a film is data: short, on one line, quoted.
"""

import random
from collections.abc import Sequence

from chalicelib.catalog.model import Film
from chalicelib.recommendations.llm.port import Message, Prompt
from chalicelib.recommendations.llm.prompt import function_of, plain_title, template
from chalicelib.recommendations.llm.token_estimate import MESSAGE_TOKENS, estimate_prompt, estimate_tokens

PROMPT_VERSION = "film1"
PROMPT_TOKENS_MAX = 1_300
PICKS, PROPOSALS = 10, 6
COMPLETION_TOKENS_MAX = 500  # ten numbers and six titles are 200; the rest is a margin for prose
FACTS_TOKENS_MAX = 300  # leaves room for 40 films of usual length
DESCRIPTION_CHARACTERS_MAX = 400
NAMES_MAX, GENRES_MAX = 3, 5
_NAME_CHARACTERS_MAX = 40


def build_film_prompt(film: Film, candidates: Sequence[Film], seed: str) -> Prompt:
    """One function call about this film and as many of the candidates (most alike first) as 1,300 tokens take, shuffled
    by the seed: a model prefers what stands early."""
    facts = _facts(film)
    system, function = template(PROMPT_VERSION, "system.txt"), function_of(PROMPT_VERSION)
    room = PROMPT_TOKENS_MAX - estimate_prompt((system, _asked(film, facts, ())), (function,))
    chosen, lines = [], []
    for one in candidates:
        line = _line(one)
        room -= estimate_tokens(line) + 2  # its number and its line end
        if room < 0:
            break
        chosen.append(one)
        lines.append(line)
    places = random.Random(seed).sample(range(len(chosen)), len(chosen))  # noqa: S311 - an order, not a secret
    user = _asked(film, facts, [f"{number} {lines[place]}" for number, place in enumerate(places, start=1)])
    return Prompt(
        messages=(Message("system", system), Message("user", user)),
        functions=(function,),
        function_call=str(function["name"]),
        offered=tuple(chosen[place].film_id for place in places),
        language="ru",
        prompt_version=PROMPT_VERSION,
        prompt_tokens=estimate_prompt((system, user), (function,)),
        variable_tokens=estimate_tokens(user) + MESSAGE_TOKENS,
        max_completion_tokens=COMPLETION_TOKENS_MAX,
    )


def _asked(film: Film, facts: Sequence[str], lines: Sequence[str]) -> str:
    # `replace`, not `format`: a title with braces is only a title.
    return (
        template(PROMPT_VERSION, "question.txt")
        .replace("{picks}", str(PICKS))
        .replace("{proposals}", str(PROPOSALS))
        .replace("{film}", _titled(film))
        .replace("{facts}", "\n".join(facts))
        .replace("{candidates}", "\n".join(lines))
    )


def _facts(film: Film) -> list[str]:
    """What is known of it, a line each, as far as its share of the tokens goes."""
    said = [
        ("Жанры", _genres(film, GENRES_MAX)),
        ("Режиссёры", _quoted(film.directors)),
        ("В ролях", _quoted(film.actors)),
        ("Страны", _quoted(film.countries)),
        ("О чём", f'"{plain_title(film.description, DESCRIPTION_CHARACTERS_MAX)}"' if film.description else ""),
    ]
    left, lines = FACTS_TOKENS_MAX, []
    for line in (f"{label}: {text}" for label, text in said if text):
        if (cost := estimate_tokens(line) + 1) <= left:
            left -= cost
            lines.append(line)
    return lines


def _titled(film: Film) -> str:
    original = film.original_title if film.original_title != film.titles.in_language("ru") else None
    names = [film.titles.in_language("ru"), *([original] if original else [])]
    return " / ".join(f'"{plain_title(name)}"' for name in names) + (f" {film.year}" if film.year else "")


def _line(film: Film) -> str:
    year = f" {film.year}" if film.year else ""
    return f'"{plain_title(film.titles.in_language("ru"))}"{year} {_genres(film, 2)}'.rstrip()


def _genres(film: Film, most: int) -> str:
    return ",".join(plain_title(genre, 20).replace(" ", "-") for genre in film.genres[:most])


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f'"{plain_title(name, _NAME_CHARACTERS_MAX)}"' for name in names[:NAMES_MAX])
