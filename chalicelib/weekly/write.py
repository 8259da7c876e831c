"""The letter itself, as text and as HTML: nothing in it is fetched from anywhere, and nobody learns that it was read.

The HTML is for mail programs, which know little: one column, what is styled is styled where it stands, colours for a
dark screen in a style sheet that may be thrown away.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from html import escape

from chalicelib.auth.letters.port import Letter
from chalicelib.language import Language
from chalicelib.recommendations.home import HomeFilm
from chalicelib.recommendations.ranking.reason_words import genre_word
from chalicelib.weekly.words import WORDS, Words, day_of

GENRES = 3  # of a film

_BODY = "margin:0;padding:0;background:#f5efe3"
_SHEET = "max-width:560px;margin:0 auto;padding:28px 20px;color:#1c1814;font:16px/1.5 Arial,sans-serif"
_TITLE = "margin:0 0 20px;font-size:28px;line-height:1.15"
_FILM = "margin:0 0 16px;padding:18px 20px;background:#fffdf8;border:1px solid #dccfb8;border-radius:10px"
_NAME = "margin:0;font-size:21px;line-height:1.25"
_QUIET = "color:#61584d"
_LINK = "color:#b3261a"
_FOOT = f"margin:0;padding-top:16px;border-top:1px solid #dccfb8;font-size:13px;{_QUIET}"
_DARK = """
:root { color-scheme: light dark; }
@media (prefers-color-scheme: dark) {
  body { background: #13100e !important; }
  .sheet { color: #f4ecdd !important; }
  .film { background: #1d1916 !important; border-color: #38302a !important; }
  .quiet { color: #b3a797 !important; }
  a { color: #ff7a5f !important; }
}"""


def written(
    to: str, films: Sequence[HomeFilm], language: Language, since: datetime, site_url: str, way_out: str
) -> Letter:
    """The letter about these films. `site_url` is the page's address, `way_out` the one that ends the letters: it is in
    the headers too, and mail programs make a button of it (RFC 8058)."""
    words = WORDS[language]
    return Letter(
        to=to,
        subject=words.subject,
        text="\n".join(_text(films, language, words, since, site_url, way_out)),
        html="\n".join(_html(films, language, words, since, site_url, way_out)),
        headers=(("List-Unsubscribe", f"<{way_out}>"), ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")),
    )


def _text(
    films: Sequence[HomeFilm], language: Language, words: Words, since: datetime, site_url: str, way_out: str
) -> Iterator[str]:
    yield from (words.greeting, "")
    for number, film in enumerate(films, 1):
        yield f"{number}. {_named(film)}"
        yield from (f"   {said}" for said in (_facts(film, language, words), film.reason) if said)
        yield from (f"   {film_url(site_url, film.film_id)}", "")
    yield from (f"{words.more}: {site_url}", "", "--", words.why.format(day=day_of(since, language)))
    yield from (f"{words.way_out}: {way_out}", "")


def _html(
    films: Sequence[HomeFilm], language: Language, words: Words, since: datetime, site_url: str, way_out: str
) -> Iterator[str]:
    yield f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f'<meta name="color-scheme" content="light dark"><title>{escape(words.subject)}</title>'
    yield f'<style>{_DARK}</style></head><body style="{_BODY}"><main class="sheet" style="{_SHEET}">'
    yield f'<p class="quiet" style="margin:0 0 6px;font-weight:700;{_QUIET}">{escape(words.brand)}</p>'
    yield f'<h1 style="{_TITLE}">{escape(words.greeting)}</h1>'
    for film in films:
        url = escape(film_url(site_url, film.film_id))
        yield f'<section class="film" style="{_FILM}"><h2 style="{_NAME}">'
        yield f'<a href="{url}" style="{_LINK}">{escape(_named(film))}</a></h2>'
        if facts := _facts(film, language, words):
            yield f'<p class="quiet" style="margin:4px 0 0;font-size:14px;{_QUIET}">{escape(facts)}</p>'
        yield f'<p style="margin:10px 0 0">{escape(film.reason)}</p></section>'
    yield f'<p style="margin:22px 0"><a href="{escape(site_url)}" style="{_LINK}">{escape(words.more)}</a></p>'
    why = escape(words.why.format(day=day_of(since, language)))
    yield f'<p class="quiet" style="{_FOOT}">{why}'
    yield f'<a href="{escape(way_out)}" style="{_LINK}">{escape(words.way_out)}</a></p></main></body></html>'


def film_url(site_url: str, film_id: str) -> str:
    """Of the film on the page."""
    return f"{site_url}#/film/{film_id}"


def _named(film: HomeFilm) -> str:
    return f"{film.title} ({film.year})" if film.year else film.title


def _facts(film: HomeFilm, language: Language, words: Words) -> str:
    genres = [word for genre in film.genres if (word := genre_word(genre, language))][:GENRES]
    rating = f"{film.imdb_rating:.1f}" if film.imdb_rating else ""
    if rating and language == "ru":
        rating = rating.replace(".", ",")
    return " · ".join(part for part in (", ".join(genres), rating and f"{words.rating} {rating}") if part)


def farewell(language: Language, *, done: bool, token: str = "") -> str:
    """The page behind the letter's last link: one button that ends the letters, or the word that they have ended. It
    needs no script, and who only follows the link (mail servers do, to look for viruses) ends nothing."""
    words = WORDS[language]
    if done:
        said = f"<p>{escape(words.stopped)} {escape(words.again)}</p>"
    else:
        said = (
            f'<p>{escape(words.sure)}</p><form method="post" action="?token={escape(token)}"><button '
            f'style="min-height:48px;padding:0 24px;border:0;border-radius:999px;background:#b3261a;color:#fff;'
            f'font:700 16px Arial,sans-serif;cursor:pointer">{escape(words.stop)}</button></form>'
        )
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f"<title>{escape(words.brand)}: {escape(words.way_out)}</title><style>{_DARK}</style></head>"
        f'<body style="{_BODY}"><main class="sheet" style="{_SHEET}"><h1 style="{_TITLE}">{escape(words.brand)}</h1>'
        f"{said}</main></body></html>"
    )
