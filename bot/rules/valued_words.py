"""The words of rules that stand for one of a few values: units, sides, phases; see bot.rules.vocabulary."""

from typing import Final

VALUED: Final[dict[str, dict[str, str]]] = {
    "QUIT": {"hard": "hard stop|hard stops"},
    "UNIT": {
        "contracts": "contract|contracts|car|cars|con|cons|ct|cts",
        "lots": "lot|lots|standard lot|standard lots",
        "minis": "mini|minis|e-mini|e-minis|emini|eminis|mini contract|mini contracts|e-mini contracts",
        "micros": "micro|micros|micro contract|micro contracts|micro e-minis|micro e-mini",
        "shares": "share|shares",
    },
    "SIDE": {
        "long": (
            "long|longs|long trades|long trade|buys|buy|buying|go long|going long|long setups|long side|"
            "the long side|buy trades|long entries|longing|long only trades|buy setups"
        ),
        "short": (
            "short|shorts|shorting|short trades|short trade|sells|sell|go short|going short|short setups|"
            "short selling|short side|the short side|sell short|sell trades|short entries|selling short|sell setups|"
            "short sales|short-selling"
        ),
    },
    "TRADE": {"shot": "bullet|bullets|shot|shots|ticket|tickets|stabs|stab|swings at it|attempts|tries|attempt"},
    "PHASE": {
        "evaluation": (
            "while i'm in the eval|while i am in the eval|while in eval|while in the eval|while i'm in an eval|"
            "while i'm in evaluation|while i'm in the challenge|eval account|evaluation account|challenge account|"
            "as long as i'm in the eval|until i'm funded|until funded|until i get funded|while evaluating|"
            "eval accounts|"
            "on the eval account|on my eval account|on my eval|in my eval|during my eval|"
            "in evaluation|during evaluation|during the evaluation|in the evaluation|in the evaluation phase|"
            "during the evaluation phase|in the eval|during the eval|on eval accounts|on evaluation accounts|"
            "on an evaluation account|on an eval account|in the challenge|during the challenge|"
            "in the challenge phase|while in evaluation|while in the evaluation|on challenge accounts|in a challenge|"
            "on evals|in evals|during evals|in eval|on a challenge account|during challenge|while in the challenge|"
            "on the eval"
        ),
        "funded": (
            "funded account|my funded account|on the funded|while i'm funded|now that i'm funded|funded accts|"
            "on funded accts|"
            "when funded|on funded accounts|once funded|in the funded phase|on a funded account|on my funded account|"
            "on the funded account|in funded|when i'm funded|if funded|on funded|while funded|in the funded account|"
            "after getting funded|once i'm funded|funded accounts|on my funded accounts|when i am funded"
        ),
    },
    "COUNT": {
        "2": "twice|two times|double|second|2nd|a second",
        "3": "three times|thrice|third|3rd",
        "4": "fourth|4th",
    },
}
