"""Both lanes, and requests in viewers' own words while they run: `tests/lanes.py`, for questions about texts."""

from collections.abc import Sequence

from chalicelib.catalog.model import Film
from chalicelib.catalog.port import Catalog
from chalicelib.recommendations.llm.port import ModelReply
from chalicelib.recommendations.questions.ask_once import OnceDependencies
from chalicelib.recommendations.wishes.answer import Answer, answer_words
from chalicelib.recommendations.wishes.ask_about_text import TextDependencies, ask_about_text
from chalicelib.recommendations.wishes.texts import find_better, is_text, subject_of
from tests.fake_lanes import FakeTextStore
from tests.fakes import FakeFeedbackStore
from tests.lanes import Lanes


def wishes(*given: tuple[object, object], **fields: object) -> ModelReply:
    """A reply that makes these wishes, as kind and value."""
    said = {"wishes": [{"kind": kind, "value": value, "said": ""} for kind, value in given]}
    return ModelReply(**({"arguments": said, "finish_reason": "function_call", "prompt_tokens": 700,
                          "completion_tokens": 50} | fields))  # type: ignore[arg-type]  # fmt: skip


class TextLanes(Lanes):
    """Viewers ask, their texts are admitted at once or by the sweep, and asked about."""

    def __init__(self, films: Sequence[Film] | None = None, **settings: object) -> None:
        super().__init__(films, **settings)  # type: ignore[arg-type]
        self.texts = FakeTextStore(self.store)
        once = OnceDependencies(self.store, lambda: self.model, self.budget, self.settings, lambda: self.now)
        self.text_dependencies = TextDependencies(once, self.texts, self.catalog)
        self.seen: Catalog = self.catalog

    def use(self, seen: Catalog, whole: Catalog, feedback: FakeFeedbackStore) -> None:
        """What viewers see of this catalogue, all of it for the worker, and what viewers have said."""
        self.seen, self.feedback = seen, feedback
        self.text_dependencies = self.text_dependencies._replace(catalog=whole)

    def say(self, text: str, viewer: str = "viewer", texts: FakeTextStore | None = None) -> Answer:
        """The answer of `POST /v1/ask`."""
        known = texts or self.texts
        return answer_words(
            self.seen, self.feedback, viewer, text, "en", 20, self.now,
            lambda text, said: find_better(self.gate, known, viewer, text, said, self.now),
        )  # fmt: skip

    def answer(self, copies: int = 1) -> list[str]:
        """Delivers every question about a text that is queued, so often. Returns how they ended."""
        outcomes = []
        while self.outbox.asks:
            message = self.outbox.asks.pop(0)
            assert is_text(message.user_id)
            outcomes += [ask_about_text(self.text_dependencies, message.user_id, 60) for _ in range(copies)]
        return outcomes

    def turn(self, copies: int = 1) -> list[str]:
        """One minute: the sweep, and what is queued."""
        self.sweep()
        return self.answer(copies)

    def calls(self) -> int:
        """How often the model was asked."""
        return len(self.fake_model.prompts)

    def kept(self, text: str) -> list[tuple[str, str | int]]:
        """The wishes of the plan that is kept for the text."""
        plan = self.texts.plans.get(subject_of(text))
        return [(kind, value) for kind, value, _ in plan.wishes] if plan else []
