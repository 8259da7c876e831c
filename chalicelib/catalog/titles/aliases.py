"""The names a film goes by, and the keys under which each can be found. Pure."""

import re

from chalicelib.catalog.model import Film
from chalicelib.catalog.titles.normalize import (
    PART_WORDS,
    fold,
    is_cyrillic,
    is_latin,
    natural_order,
    sound_key,
    title_key,
    title_words,
    words,
)

_BRACKETED = re.compile(r"[(\[]([^()\[\]]+)[)\]]")
AKA = re.compile(r"^a\.?\s?k\.?\s?a\.?\s+", re.IGNORECASE)
_PARTS = re.compile(r"\s*(?::|\s[-–—]\s|\.\s)\s*")
_INITIALS = re.compile(r"(?<!\S)[^\W\d_](?: [^\W\d_](?!\S))+(?!\S)")
# What begins a key that says less than a whole name: how a Russian name sounds, a head, a subtitle.
SOUND_MARK, HEAD_MARK, SUBTITLE_MARK = "~", "<", ">"
MARKS = SOUND_MARK + HEAD_MARK + SUBTITLE_MARK


def names_of(film: Film) -> tuple[str, ...]:
    """Every name the film is known by, its own first, without repetition."""
    given = (*film.titles.all(), film.original_title, *film.alternative_titles)
    return tuple(dict.fromkeys(name for name in given if name))


def forms_of(name: str) -> tuple[str, ...]:
    """The writings one name stands for: itself; of "A (B)" also A and B; of "Круэлла - Cruella" both halves."""
    forms = [name]
    bracketed = _BRACKETED.findall(name)
    if bracketed:
        forms.append(_BRACKETED.sub(" ", name).strip())
        forms += [AKA.sub("", inner).strip() for inner in bracketed if not inner.isdigit()]
    for part in list(forms):
        forms += joined_languages(part)
    return tuple(dict.fromkeys(form for form in forms if fold(form)))


def joined_languages(text: str) -> tuple[str, ...]:
    """The halves of a text that says a title twice, in Cyrillic and in Latin letters; empty when it does not."""
    for separator in (" / ", "/", " - ", " – ", " — ", " | "):
        left, found, right = text.partition(separator)
        if found and one_language(left) and one_language(right) and is_cyrillic(left) != is_cyrillic(right):
            return left.strip(), right.strip()
    return ()


def one_language(text: str) -> bool:
    """Whether the text has letters, all of one script."""
    return is_cyrillic(text) != is_latin(text)


def keys_of(film: Film) -> frozenset[str]:
    """The keys under which the film is found: of each form of each name as written and as compared, of its subtitle
    and its head, and of how Russian names sound."""
    keys: set[str] = set()
    for form in {form for name in names_of(film) for form in forms_of(name)}:
        keys |= {title_key(form), raw_key(form)}
        parts = parts_of(form)
        if len(parts) > 1:
            keys |= {HEAD_MARK + "".join(parts[0]), SUBTITLE_MARK + "".join(parts[-1])}
        if is_cyrillic(form) or is_cyrillic(film.titles.main):
            keys.add(SOUND_MARK + sound_key(form))
    return frozenset(key for key in keys if key.strip(MARKS))


def lookup_keys(title: str) -> frozenset[str]:
    """The keys to look for when a film is called `title`."""
    keys = {title_key(title), raw_key(title)}
    parts = parts_of(title)
    if len(parts) == 1:
        keys |= {HEAD_MARK + title_key(title), SUBTITLE_MARK + title_key(title)}
    elif parts:
        subtitle = "".join(parts[-1])
        keys |= {subtitle, SUBTITLE_MARK + subtitle}
    if is_latin(title) and not is_cyrillic(title):
        keys.add(SOUND_MARK + sound_key(title))
    return frozenset(key for key in keys if key.strip(MARKS))


def searchable(name: str) -> str:
    """The folded name as search engines index it: its initials also as one word, for "E.T." is typed "et"."""
    folded = fold(name)
    return " ".join([folded, *(run.replace(" ", "") for run in _INITIALS.findall(folded))])


def raw_key(title: str) -> str:
    """The folded title without an English article before it and without spaces, words as they are."""
    found = words(natural_order(title.strip()))
    return "".join(found[1:] if len(found) > 1 and found[0] in ("the", "a", "an") else found)


def parts_of(title: str) -> list[tuple[str, ...]]:
    """The title's words part by part: "Star Wars: Episode V - The Empire…" → star wars, 5, empire…"""
    parts = [title_words(piece) for piece in _PARTS.split(title)]
    return [tuple(word for word in part if word not in PART_WORDS) or part for part in parts if part]
