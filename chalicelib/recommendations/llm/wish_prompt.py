"""What we ask the model about a request in somebody's own words: which wishes are in it. Pure but for its templates.

Nothing of any viewer is in it but the text, which is data: on one line, quoted, at most 300 characters.
"""

from chalicelib.recommendations.llm.port import Message, Prompt
from chalicelib.recommendations.llm.prompt import function_of, plain_title, template
from chalicelib.recommendations.llm.token_estimate import MESSAGE_TOKENS, estimate_prompt, estimate_tokens

PROMPT_VERSION = "wishes1"
TEXT_CHARACTERS_MAX = 300
PROMPT_TOKENS_MAX = 1_050  # 720 of them the same for every text; a text's every letter may be a token
COMPLETION_TOKENS_MAX = 400  # a dozen wishes with their words are 250; the rest is a margin for prose
RESERVED_TOKENS_MAX = PROMPT_TOKENS_MAX + COMPLETION_TOKENS_MAX


def build_wish_prompt(text: str) -> Prompt:
    """One function call. Its first part is the same for every text: the service caches it and does not bill it."""
    system, function = template(PROMPT_VERSION, "system.txt"), function_of(PROMPT_VERSION)
    # `replace`, not `format`: a text with braces is only a text.
    user = template(PROMPT_VERSION, "question.txt").replace("{text}", plain_title(text, TEXT_CHARACTERS_MAX))
    return Prompt(
        messages=(Message("system", system), Message("user", user)),
        functions=(function,),
        function_call=str(function["name"]),
        offered=(),
        language="ru",
        prompt_version=PROMPT_VERSION,
        prompt_tokens=estimate_prompt((system, user), (function,)),
        variable_tokens=estimate_tokens(user) + MESSAGE_TOKENS,
        max_completion_tokens=COMPLETION_TOKENS_MAX,
    )
