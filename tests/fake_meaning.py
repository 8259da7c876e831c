"""Films' vectors in memory, and an embedder whose meanings are words: texts that share some are near."""

import zlib
from collections.abc import Iterable, Mapping, Sequence

from chalicelib.catalog.meaning import FilmVectors, Known, Nearest, Spent, Vector, known_in, with_new
from chalicelib.catalog.model import CatalogUnavailableError
from chalicelib.catalog.titles.normalize import words
from chalicelib.recommendations.llm.port import Embedded, ModelError

COMPONENTS = 96


class FakeFilmVectors:
    """`FilmVectorStore` in memory."""

    def __init__(self) -> None:
        self.held = FilmVectors()
        self.down = False
        self.asked = 0

    def nearest(self, vector: Vector, limit: int) -> list[str]:
        self._answer()
        self.asked += 1
        return Nearest(self.held)(vector, limit)

    def known(self, model: str) -> Known:
        self._answer()
        return known_in(self.held, model)

    def put(self, model: str, new: Mapping[str, tuple[bytes, bytes]], spent: Spent, gone: Iterable[str] = ()) -> None:
        self._answer()
        self.held = with_new(self.held, model, new, spent, gone)

    def _answer(self) -> None:
        if self.down:
            raise CatalogUnavailableError("the vectors are away")


class FakeEmbedder:
    """Each word has a component of its own, or shares it with few. `same` are words that mean another one."""

    def __init__(self, same: Mapping[str, str] | None = None, model: str = "fake") -> None:
        self.asked: list[list[str]] = []
        self.same, self.model = same or {}, model
        self.fails_with: ModelError | None = None

    @property
    def embedder(self) -> str:
        return self.model

    def embed(self, texts: Sequence[str], deadline_seconds: float) -> Embedded:  # noqa: ARG002
        self.asked.append(list(texts))
        if self.fails_with:
            raise self.fails_with
        return Embedded(vectors=tuple(map(self.vector, texts)), tokens=sum(len(text) // 3 for text in texts))

    def vector(self, text: str) -> tuple[float, ...]:
        found = [0.0] * COMPONENTS
        for word in words(text):
            found[zlib.crc32(self.same.get(word, word).encode()) % COMPONENTS] += 1.0
        return tuple(found)
