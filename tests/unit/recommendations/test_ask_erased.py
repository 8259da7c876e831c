"""An account that goes before or during a question: nobody is asked about it, and its worker ends in peace."""

from chalicelib.recommendations.ask import ask
from chalicelib.recommendations.llm.port import ModelReply, Prompt
from tests.fake_model import FakeModel
from tests.lanes import Lanes

USER = "user"


class GoneMeanwhile(FakeModel):
    """While the model thinks, the viewer deletes the account."""

    def __init__(self, lanes: Lanes) -> None:
        super().__init__()
        self.lanes = lanes

    def ask(self, prompt: Prompt, deadline_seconds: float) -> ModelReply:
        said = super().ask(prompt, deadline_seconds)
        self.lanes.store.erase(USER, self.lanes.now)
        return said


def test_the_model_is_not_asked_when_the_account_has_gone_and_its_feedback_not_yet() -> None:
    lanes = Lanes()
    lanes.like_some()
    lanes.store.erase(USER, lanes.now)
    assert ask(lanes.ask_dependencies, USER, 50.0) == "erased"
    assert lanes.fake_model.prompts == []
    assert lanes.spent_tokens() == 0


def test_the_question_ends_quietly_when_the_account_goes_during_the_call() -> None:
    lanes = Lanes()
    lanes.model = GoneMeanwhile(lanes)
    lanes.like_some()
    assert ask(lanes.ask_dependencies, USER, 50.0) == "erased"
    record = lanes.store.read(USER)
    assert (record.erased, record.list_, record.raw, record.reply) == (True, None, None, None)
    assert lanes.spent_tokens() > 0, "what was asked is paid for"
