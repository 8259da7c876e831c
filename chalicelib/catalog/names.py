"""The names a film goes by, and the keys under which each can be found. Pure."""

import re

from chalicelib.catalog.folding import fold, is_cyrillic, is_latin, sound_key, title_key
from chalicelib.catalog.model import Film

_BRACKETED = re.compile(r"[(\[]([^()\[\]]+)[)\]]")
_AKA = re.compile(r"^a\.?\s?k\.?\s?a\.?\s+", re.IGNORECASE)
SOUND_MARK = "~"  # begins a key that only says how a Russian name sounds


def names_of(film: Film) -> tuple[str, ...]:
    """Every name the film is known by, its own first, without repetition."""
    given = (film.title, film.title_ru, film.title_en, film.original_title, *film.alternative_titles)
    return tuple(dict.fromkeys(name for name in given if name))


def forms_of(name: str) -> tuple[str, ...]:
    """The writings one name stands for: itself; of "A (B)" also A and B; of "Круэлла - Cruella" both halves."""
    forms = [name]
    bracketed = _BRACKETED.findall(name)
    if bracketed:
        forms.append(_BRACKETED.sub(" ", name).strip())
        forms += [_AKA.sub("", inner).strip() for inner in bracketed if not inner.isdigit()]
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
    """The keys under which the film is found: of each form of each name, and of how Russian names sound."""
    forms = {form for name in names_of(film) for form in forms_of(name)}
    keys = {title_key(form) for form in forms}
    sounds = {SOUND_MARK + sound_key(form) for form in forms if is_cyrillic(form) or film_is_russian(film)}
    return frozenset(key for key in keys | sounds if key.strip(SOUND_MARK))


def film_is_russian(film: Film) -> bool:
    """Whether the catalogue's main title is in Cyrillic: then its Latin names may be romanisations."""
    return is_cyrillic(film.title)


def lookup_keys(title: str) -> frozenset[str]:
    """The keys to look for when a film is called `title`."""
    sound = {SOUND_MARK + sound_key(title)} if is_latin(title) and not is_cyrillic(title) else set()
    return frozenset(key for key in {title_key(title)} | sound if key.strip(SOUND_MARK))
