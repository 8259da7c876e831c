"""Evenings of the fake API: who sits there, the first ten films, and the product's own rule of when it ends."""

from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec

from chalicelib.language import Language
from chalicelib.recommendations.evenings.choosing import with_answers
from chalicelib.recommendations.evenings.codes import new_code
from chalicelib.recommendations.evenings.model import CommonFilm, Evening, Seat
from chalicelib.recommendations.evenings.words import reason
from tests.browser.fake_cards import card
from tests.browser.fake_films import FILMS

CARDS = 10

type Json = dict[str, Any]


class Seated(NamedTuple):
    """Who asks, in which language."""

    holder: str
    language: str


class NoEvening(Exception):  # noqa: N818 - not an error of ours: what the caller is told
    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class FakeEvenings:
    """By code. `picks` are those of guests."""

    def __init__(self) -> None:
        self.held: dict[str, Evening] = {}
        self.picks: list[str] = []

    def open(self, holder: str, language: str) -> Json:
        code = new_code()
        self.held[code] = Evening(opened_at=datetime.now(UTC), seats=(Seat(holder=holder),))
        return self._shown(code, Seated(holder, language))

    def handle(self, method: str, code: str, steps: list[str], body: Json, seated: Seated) -> tuple[int, Json | None]:
        evening = self.held.get(code)
        if method == "DELETE":
            if evening and evening.seat_of(seated.holder):
                del self.held[code]
            return 204, None
        if evening is None:
            raise NoEvening(404)
        if steps == ["join"]:
            self._join(code, evening, seated, body)
        elif evening.seat_of(seated.holder) is None:
            raise NoEvening(404)
        elif steps == ["answers"]:
            given = {one["film_id"]: one["said"] for one in body["answers"]}
            self.held[code] = with_answers(evening, seated.holder, given, [film.film_id for film in evening.films])
        return 200, self._shown(code, seated)

    def _join(self, code: str, evening: Evening, seated: Seated, body: Json) -> None:
        if evening.seat_of(seated.holder):
            return
        if evening.is_full:
            raise NoEvening(409)
        self.picks += body["picks"]
        films = [film for film_id, film in FILMS.items() if film_id not in body["picks"]][:CARDS]
        told = tuple(CommonFilm(film["film_id"], tuple(film["genres"][:1])) for film in films)
        seats = (*evening.seats, Seat(holder=seated.holder))
        self.held[code] = msgspec.structs.replace(evening, seats=seats, films=told)

    def _shown(self, code: str, seated: Seated) -> Json:
        evening = self.held[code]
        seat = evening.seat_of(seated.holder)
        assert seat
        language: Language = "en" if seated.language == "en" else "ru"
        cards = {
            film.film_id: card(FILMS[film.film_id], language) | {"reason": reason(film, language)}
            for film in evening.films
        }
        return {
            "code": code,
            "state": "decided" if evening.how else "choosing" if evening.is_full else "waiting",
            "opened_at": evening.opened_at.isoformat(),
            "ends_at": evening.ends_at.isoformat(),
            "is_host": evening.seats[0].holder == seated.holder,
            "films": list(cards.values()),
            "answers": [{"film_id": film_id, "said": said} for film_id, said in seat.answers.items()],
            "chosen": cards.get(evening.chosen),
            "how": evening.how,
        }
