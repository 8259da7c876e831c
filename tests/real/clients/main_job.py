"""The main job by the generated Python client: register, sign in, like three films, wait for a list of one's own.

python main_job.py URL    prints the list as JSON, each film with its reason
"""

import json
import sys
import time
from uuid import uuid4

from httpx import Timeout
from kinosovet_client import AuthenticatedClient, Client
from kinosovet_client.api.auth import login, register
from kinosovet_client.api.feedback import put_feedback
from kinosovet_client.api.films import search_films
from kinosovet_client.api.me import get_me
from kinosovet_client.api.recommendations import get_recommendations
from kinosovet_client.models import (
    Change,
    Credentials,
    FeedbackAnswer,
    FilmsAnswer,
    HomeAnswer,
    Problem,
    Profile,
    Registered,
    Registration,
    TokenPair,
)

DEADLINE_SECONDS = 90.0
PASSWORD = "a quite ordinary passphrase"


def signed_in(url: str) -> AuthenticatedClient:
    """A viewer nobody has seen before."""
    email = f"{uuid4().hex}@example.com"
    with Client(base_url=url, timeout=Timeout(60)) as stranger:
        wrong = login.sync(client=stranger, body=Credentials(email=email, password=PASSWORD))
        assert isinstance(wrong, Problem), wrong
        assert wrong.status == 401
        account = register.sync(client=stranger, body=Registration(email=email, password=PASSWORD, language="en"))
        assert isinstance(account, Registered), account
        pair = login.sync(client=stranger, body=Credentials(email=email, password=PASSWORD))
        assert isinstance(pair, TokenPair), pair
    return AuthenticatedClient(base_url=url, token=pair.access_token, timeout=Timeout(60))


def like(viewer: AuthenticatedClient, title: str) -> str:
    """Likes what the search finds first. Returns the film's id."""
    found = search_films.sync(client=viewer, query=title, limit=1)
    assert isinstance(found, FilmsAnswer), found
    film_id = found.films[0].film_id
    said = put_feedback.sync(film_id, client=viewer, body=Change(rating="like"))
    assert isinstance(said, FeedbackAnswer), said
    assert (said.film_id, said.rating, said.steer) == (film_id, "like", None)
    return str(film_id)


def own_list(viewer: AuthenticatedClient) -> HomeAnswer:
    """The first list that the likes have made."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        page = get_recommendations.sync(client=viewer, limit=20)
        assert isinstance(page, HomeAnswer), page
        if page.source != "top":
            return page
        time.sleep(0.2)
    raise TimeoutError("no list within the deadline")


def main(url: str) -> None:
    with signed_in(url) as viewer:
        profile = get_me.sync(client=viewer)
        assert isinstance(profile, Profile), profile
        assert (profile.language, profile.age_limit) == ("en", None)
        liked = [like(viewer, title) for title in ("Matrix", "Terminator", "Alien")]
        page = own_list(viewer)
    films = [
        {"film_id": str(film.film_id), "reason": film.reason, "because": [str(one) for one in film.because]}
        for film in page.films
    ]
    print(json.dumps({"source": page.source, "liked": liked, "films": films}))


if __name__ == "__main__":
    main(sys.argv[1])
