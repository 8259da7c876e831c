"""What an operator is told by the fake API: the answers that the document shows as examples, and dead letters that go
when they are sent back to work."""

from copy import deepcopy
from typing import Any

import msgspec

from chalicelib.http.openapi import examples
from tests.browser.fake_films import FILMS

type Json = dict[str, Any]

SHOWN = examples().operations
PLACES = 12


class FakeOperator:
    """One site, as its operator sees it."""

    def __init__(self, dead: int = 2) -> None:
        self.dead = dead
        self.has_outcomes = True

    def answer(self, method: str, steps: list[str], query: dict[str, str]) -> tuple[int, Json]:
        """Status and body. Viewers are found whatever they are called, but for one who is called "nobody"."""
        match [method, *steps]:
            case ["GET", "status"]:
                told = _shown("get_status")
                told["queues"]["rebuild"]["dead"] = self.dead
                return 200, told
            case ["GET", "outcomes"]:
                return 200, self._outcomes(query)
            case ["GET", "experiments"]:
                return 200, _shown("get_experiments")
            case ["GET", "queues", queue, "dead-letters"]:
                (letter,) = _shown("get_dead_letters")["letters"]
                letters = [letter | {"message_id": f"{number}"} for number in range(self.dead)]
                return 200, {"queue": queue, "letters": letters}
            case ["POST", "queues", queue, "dead-letters", "redrive"]:
                sent, self.dead = self.dead, 0
                return 200, {"queue": queue, "sent": sent}
            case ["GET", "viewers"]:
                found = _shown("find_viewers")["viewers"] if "nobody" not in query.get("viewer", "") else []
                return 200, {"viewers": found}
        return 200, self._list()

    def _outcomes(self, query: dict[str, str]) -> Json:
        told = _shown("get_outcomes")
        rows = told["rows"] if self.has_outcomes else []
        if query["by"] == "place":  # by place nothing is corrected
            rows = [row | {"value": str(place)} for place, row in enumerate(rows, 1)]
            for rate in (rate for row in rows for rate in row["rates"].values()):
                rate["corrected"] = None
        return told | {"by": query["by"], "days": int(query["days"]), "rows": rows}

    def _list(self) -> Json:
        told = _shown("get_viewer_list")
        (first,) = told["places"]
        films = list(FILMS.values())[:PLACES]
        places = [
            first | {"place": place, "film_id": film["film_id"], "title": film["title_en"], "year": film["year"]}
            for place, film in enumerate(films, 1)
        ]
        drawn: Json = {"source": "personal", "ground": "surprise", "words": None}
        drawn["account"] = first["account"] | {"pick": None, "rose": -3, "chance": 0.125, "promised": True,
                                              "shown_untouched": 12}  # fmt: skip
        places[1] |= drawn
        places[2] |= {"source": "top", "ground": "popular", "words": None, "account": None, "because": []}
        return told | {"places": places}


def _shown(operation: str) -> Json:
    return deepcopy(msgspec.to_builtins(SHOWN[operation].answer))
