"""A frozen ceiling of what the model costs: real likes replayed through planner, queues and questions.

Figures to quote come from the whole replay, `python -m tests.bench.gigachat_cost`.
"""

from tests.bench.gigachat_cost import measure

LIKES, CALLS, PROMPT_TOKENS = 500, 37, 1_475


def test_the_model_is_asked_rarely_shortly_and_never_about_nothing_new() -> None:
    cost = measure(LIKES)
    assert cost["feedback_events"] == LIKES
    assert 0 < int(str(cost["calls"])) <= CALLS, "some are asked, and no more than before"
    assert cost["calls_when_nothing_changed"] == 0
    assert cost["max_calls_per_user_and_cooldown"] == 1
    assert 0 < int(str(cost["max_prompt_tokens"])) <= PROMPT_TOKENS
