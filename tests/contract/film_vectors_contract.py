"""What every store of films' vectors promises: the nearest of one model, replaced, taken away."""

from chalicelib.catalog.meaning import FilmVectorStore, Spent, Vector, digest_of, in_bytes

NORTH, EAST, SOUTH = (0.0, 1.0), (1.0, 0.0), (0.0, -1.0)
TODAY = Spent("2026-11-29", 700)


def row(*components: float, text: str = "") -> tuple[bytes, bytes]:
    """A film's vector and the digest of what was embedded."""
    return digest_of(text), in_bytes(components)


def vector(*components: float, model: str = "m") -> Vector:
    """What is asked for."""
    return Vector(model, in_bytes(components))


class FilmVectorsContract:
    """Run by a class of each adapter's suite, which has a fixture `store` without vectors."""

    def test_the_nearest_come_first(self, store: FilmVectorStore) -> None:
        store.put("m", {"north": row(*NORTH), "east": row(*EAST), "south": row(*SOUTH)}, TODAY)
        assert store.nearest(vector(0.3, 0.9), 3) == ["north", "east", "south"]
        assert store.nearest(vector(0.3, 0.9), 1) == ["north"]

    def test_nothing_is_near_before_the_first_or_by_another_model_or_length(self, store: FilmVectorStore) -> None:
        assert store.nearest(vector(*NORTH), 3) == []
        store.put("m", {"north": row(*NORTH)}, TODAY)
        assert store.known("m").digests == {"north": digest_of("")}
        for other in (vector(*NORTH, model="other"), vector(1.0, 0.0, 0.0)):
            assert store.nearest(other, 3) == []

    def test_what_was_embedded_is_known_with_its_cost(self, store: FilmVectorStore) -> None:
        assert store.known("m") == ({}, Spent())
        store.put("m", {"north": row(*NORTH, text="a film")}, TODAY)
        assert store.known("m") == ({"north": digest_of("a film")}, TODAY)
        assert store.known("other") == ({}, TODAY)

    def test_a_film_is_replaced_and_taken_away(self, store: FilmVectorStore) -> None:
        store.put("m", {"north": row(*NORTH), "east": row(*EAST)}, TODAY)
        store.put("m", {"north": row(*SOUTH, text="again")}, Spent("2026-11-30", 5), gone=["east", "unknown"])
        assert store.known("m") == ({"north": digest_of("again")}, Spent("2026-11-30", 5))

    def test_another_models_vectors_go(self, store: FilmVectorStore) -> None:
        store.put("m", {"north": row(*NORTH)}, TODAY)
        store.put("better", {"east": row(1.0, 0.0, 0.0)}, TODAY)
        assert store.known("m").digests == {}
        assert store.nearest(vector(1.0, 0.0, 0.0, model="better"), 3) == ["east"]

    def test_a_film_that_is_gone_is_not_near(self, store: FilmVectorStore) -> None:
        store.put("m", {"north": row(*NORTH), "east": row(*EAST)}, TODAY)
        store.put("m", {"south": row(*SOUTH)}, TODAY, gone=["north"])
        assert store.nearest(vector(*NORTH), 3) == ["east", "south"]

    def test_a_vector_without_length_is_known_and_near_nothing(self, store: FilmVectorStore) -> None:
        store.put("m", {"north": row(*NORTH), "empty": row(0.0, 0.0)}, TODAY)
        assert set(store.known("m").digests) == {"north", "empty"}
        assert store.nearest(vector(*NORTH), 3) == ["north"]
        assert store.nearest(vector(0.0, 0.0), 3) == []

    def test_a_vector_of_another_length_than_the_others_is_left_out(self, store: FilmVectorStore) -> None:
        store.put("m", {"north": row(*NORTH)}, TODAY)
        store.put("m", {"longer": row(1.0, 0.0, 0.0), "east": row(*EAST)}, TODAY)
        assert set(store.known("m").digests) == {"north", "east"}

    def test_what_is_taken_away_with_nothing_new_is_gone(self, store: FilmVectorStore) -> None:
        store.put("m", {}, TODAY, gone=["unknown"])
        store.put("m", {"north": row(*NORTH)}, TODAY)
        store.put("m", {}, TODAY, gone=["north"])
        assert store.known("m") == ({}, TODAY)
        assert store.nearest(vector(*NORTH), 3) == []
