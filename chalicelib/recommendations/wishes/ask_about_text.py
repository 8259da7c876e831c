"""A question about a text: which wishes are in it, asked once (`questions/ask_once.py`). Without an answer the rules'
plan stays."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from chalicelib.catalog.port import Catalog
from chalicelib.compare_and_swap import swapped
from chalicelib.errors import UnavailableError
from chalicelib.recommendations.llm.budget import BudgetSpentError
from chalicelib.recommendations.llm.port import Embedder, Prompt, reply_of
from chalicelib.recommendations.llm.wish_prompt import build_wish_prompt
from chalicelib.recommendations.model import AskState, RawReply, StoredPlan, TextQuestions
from chalicelib.recommendations.ports import TextStore
from chalicelib.recommendations.questions.ask_once import ATTEMPTS, OnceDependencies, ask_once
from chalicelib.recommendations.wishes.meaning import embed_words, words_left
from chalicelib.recommendations.wishes.proposed import proposed_plan, with_rules
from chalicelib.recommendations.wishes.texts import KEPT, of_day, tokens_most
from chalicelib.recommendations.wishes.understand import understand

log = logging.getLogger(__name__)

PATIENCE = timedelta(days=2)  # its viewer has the rules' films, and may come back
EMBEDDING_SECONDS = 10.0  # a vector takes a tenth of a second, and the plan needs the rest


class TextQuestionsChangedError(UnavailableError):
    """Others kept changing what is known of the day's questions about texts."""


class TextDependencies(NamedTuple):
    """What a question about a text works with."""

    once: OnceDependencies
    texts: TextStore
    catalog: Catalog
    embedder: Callable[[], Embedder | None] = lambda: None  # None: the site goes without vectors


def ask_about_text(parts: TextDependencies, subject: str, deadline_seconds: float) -> str:
    """Asks which wishes are in the text that stands under `subject`, if that is due, and keeps the plan for all who
    type it; before that, the vector of the words that the rules leave. Returns what came of the plan.

    Raises:
        ListChangedError, TextQuestionsChangedError: deliver the message again. What has been paid for is stored.
    """
    _embed(parts, subject, deadline_seconds)
    return ask_once(parts.once, TextQuestion(parts, subject), deadline_seconds)


def _embed(parts: TextDependencies, subject: str, deadline_seconds: float) -> None:
    """What fails here is logged: the plan does not need it."""
    try:
        embedder, state = parts.embedder(), parts.once.store.read(subject).state
        now = parts.once.clock()
        if embedder is None or not state.stale_since or not state.text or (state.not_before and now < state.not_before):
            return
        words = words_left(understand(parts.catalog, state.text))
        if not words:
            return
        set_aside = TextQuestion(parts, subject).set_aside
        seconds = min(deadline_seconds / 2, EMBEDDING_SECONDS)
        outcome = embed_words(
            parts.texts, embedder, parts.once.budget, set_aside, words, seconds, parts.once.clock, common=state.unproven
        )
        log.info("words of a text: %s", outcome)
    except Exception:
        log.exception("words of a text are not embedded")


class TextQuestion(NamedTuple):
    """What is asked about one text."""

    parts: TextDependencies
    subject: str

    @property
    def patience(self) -> timedelta:
        """Until its viewers have forgotten it."""
        return PATIENCE

    def prompt(self, state: AskState) -> Prompt:
        """The text as it was typed first."""
        return build_wish_prompt(state.text)

    def set_aside(self, tokens: int, now: datetime) -> None:
        """In the share of questions about texts."""
        most = tokens_most(self.parts.once.settings)

        def more(known: TextQuestions) -> TextQuestions:
            today = of_day(known, now)
            if today.tokens_on_day + tokens > most:
                raise BudgetSpentError(today.day)
            return msgspec.structs.replace(today, tokens_on_day=today.tokens_on_day + tokens, off_until=None)

        _change(self.parts.texts, more)

    def switched_off(self, until: datetime) -> None:
        """Nobody is told that a better plan is on its way."""
        _change(self.parts.texts, lambda known: msgspec.structs.replace(known, off_until=until))

    def hear(self, state: AskState, raw: RawReply) -> str:
        """The wishes that make sense, and the rules' limits that the model is silent about."""
        proposed = proposed_plan(self.parts.catalog, reply_of(raw.reply_json), state.text)
        if not proposed:
            log.warning("GigaChat said nothing of use about a text")
            return "refused: no wish that makes sense"
        plan = with_rules(proposed, understand(self.parts.catalog, state.text))
        kept = StoredPlan(
            wishes=tuple((wish.kind, wish.value, wish.text) for wish in plan),
            prompt_version=raw.prompt_version,
            planned_at=raw.replied_at,
            kept_until=raw.replied_at + KEPT,
        )
        self.parts.texts.put_plan(self.subject, kept)
        return "answered"


def _change(texts: TextStore, how: Callable[[TextQuestions], TextQuestions]) -> None:
    lost = TextQuestionsChangedError("Others kept changing what is known of the questions about texts.")
    swapped(texts.text_questions, texts.put_text_questions, how, ATTEMPTS, lost)
