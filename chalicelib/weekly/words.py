"""What the letter says beside its films, in the viewer's language."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from chalicelib.language import Language


class Words(NamedTuple):
    """`why` has `{day}`, the day on which the letter was asked for."""

    brand: str
    subject: str
    greeting: str
    rating: str
    open: str
    more: str
    why: str
    way_out: str
    sure: str
    stop: str
    stopped: str
    again: str


WORDS: Mapping[Language, Words] = {
    "ru": Words(
        brand="Киносовет",
        subject="Киносовет: три фильма на ваши выходные",
        greeting="Три фильма на ваши выходные",
        rating="оценка IMDb",
        open="Открыть фильм",
        more="Весь ваш список",
        why="Вы получаете это письмо раз в неделю: вы включили его в профиле ({day}).",
        way_out="Отписаться",
        sure="Больше не присылать писем с фильмами на выходные?",
        stop="Не присылать",
        stopped="Готово: таких писем больше не будет.",
        again="Включить их снова можно в профиле.",
    ),
    "en": Words(
        brand="Kinosovet",
        subject="Kinosovet: three films for your weekend",
        greeting="Three films for your weekend",
        rating="IMDb rating",
        open="Open the film",
        more="Your whole list",
        why="You get this letter once a week: you switched it on in your profile ({day}).",
        way_out="Unsubscribe",
        sure="Stop the letters with films for the weekend?",
        stop="Stop them",
        stopped="Done: there will be no more of these letters.",
        again="You can switch them on again in your profile.",
    ),
}

_MONTHS: Mapping[Language, tuple[str, ...]] = {
    "ru": ("января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября",
           "декабря"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December"),
}  # fmt: skip


def day_of(moment: datetime, language: Language) -> str:
    """28 ноября 2026; 28 November 2026."""
    return f"{moment.day} {_MONTHS[language][moment.month - 1]} {moment.year}"
