"""Tells what speaks to the pending trade from what is only said beside it: questions, talk, somebody else's trades."""

from decimal import Decimal
from itertools import pairwise

from bot.reading.answer_words import table, words_of
from bot.reading.days import DAY_WORDS
from bot.reading.items import Item, Items
from bot.reading.words import Tag
from statemachine.trade import TradeFields

_QUESTIONS = table("questions")
_ASKING, _AUXILIARIES, _SUBJECTS, _POINTING = map(words_of, ("asking", "auxiliaries", "subjects", "pointing"))
_PAUSING = frozenset(("min", "mins", "sec", "secs", "second", "minute", "moment"))
""""give me a min" asks for nothing."""
_TELLING = frozenset(("was", "were", "have", "has", "had", "will"))
_MAY_ASK = _ASKING | _TELLING | {phrase[0] for phrase in _QUESTIONS}
_OUTRIGHT = _POINTING - {"was", "were", "no", "make"}
_JOINING = words_of("glue", "pointing") | DAY_WORDS
_WEAK = frozenset({"symbol", "direction", "entry_time", "exit_time", "day"})
"""Facts that talk is full of as well: "everyone is short", "powell at 14:00"."""
_LEADING = frozenset(
    ("ok", "okay", "hey", "so", "and", "but", "btw", "also", "wait", "yo", "hm", "hmm", "well", "thanks")
) | frozenset(("yes", "yeah", "yep", "yea", "yup", "sure", "cool", "nice", "great"))
_MARKS = frozenset(",.!?;:-")
_BEGINNING = _LEADING | _MARKS
_FIRST_WORDS = 4
_CLAUSE_ENDS = frozenset(",.!;")
_REQUESTS = [[asked, whom] for asked in ("can", "could", "would", "will") for whom in ("you", "u", "we", "i")]
_DOING = frozenset(
    ("change", "make", "fix", "set", "correct", "edit", "update", "add", "remove", "adjust", "amend", "put")
)
_FIELDS = frozenset({Tag.ENTRY, Tag.EXIT, Tag.STOP, Tag.TARGET, Tag.SIZE, Tag.PNL, Tag.FEES})
OF_A_DAY = frozenset(("day", "today", "week", "month", "year", "overall", "ytd", "yesterday"))
_MANY = frozenset(("trades", "winners", "losers", "wins", "losses", "scalps"))
OF_MANY = OF_A_DAY | _MANY
_SLIPS = frozenset(("missed", "almost", "nearly"))


def ends_asking(items: Items) -> bool:
    return "?" in items.words and "?" in [item.word for item in items[-3:]]


def is_like_question(items: Items) -> bool:
    """A question, or a fact that begins like one ("was long NQ")."""
    if ends_asking(items):
        return True
    if items and items[0].word not in _BEGINNING and not _may_ask(items[0].word):
        return False  # nearly every report is done with here
    first = _behind_leading(items)
    if not first or not _may_ask(first[0].word):
        return False
    words = _words_of(first)
    return bool(words) and (words[0] in _ASKING or _begins_asking(first, words))


def _may_ask(word: str) -> bool:
    """Whether a question may begin so; a number may stand before one."""
    return not word or word.partition(" ")[0] in _MAY_ASK


def asks(items: Items) -> bool:
    """A question to us, and no fact that begins like one."""
    if ends_asking(items):
        return True
    first = _behind_leading(items)
    words = _words_of(first)
    if words and words[0] in _ASKING:
        return True
    if not _begins_asking(first, words):
        return False
    return words[0] not in _AUXILIARIES or (len(words) > 1 and words[1] in _SUBJECTS)


def _begins_asking(first: list[Item], words: list[str]) -> bool:
    """Begins with a question word, which is also how some facts begin."""
    if not first or first[0].kind == "number" or first[0].tag in (Tag.LONG, Tag.SHORT):
        return False
    if words and words[0] in _TELLING and len(first) > 1 and first[1].kind != "symbol":
        return len(words) > 1 and words[1] in _SUBJECTS  # "was up 800", "have a green day"
    if not _PAUSING.isdisjoint(words):
        return False
    return any(tuple(words[:n]) in _QUESTIONS for n in (1, 2, 3))


def _words_of(first: list[Item]) -> list[str]:
    return [word for item in first for word in item.word.split()]


def _behind_leading(items: list[Item]) -> list[Item]:
    """The first items from the word on that is not of a beginning: "ok so", "yes?", "when you are back,"."""
    words: list[Item] = []
    for item in _main_clause(items):
        if item.kind != "break" and (words or item.word not in _BEGINNING):
            words.append(item)
            if len(words) == _FIRST_WORDS:
                break
    return words


def _main_clause(items: list[Item]) -> list[Item]:
    """What stands behind "when you …," and "what a morning!", which ask for nothing."""
    if len(items) < _FIRST_WORDS:
        return items
    first, second = items[0].word, items[1].word
    if not (first == "when" and second in _SUBJECTS) and not (first == "what" and second in ("a", "an")):
        return items
    end = next((n for n, item in enumerate(items) if item.kind == "break" or item.word in _CLAUSE_ENDS), None)
    return items if end is None and first == "when" else items[end + 1 :] if end is not None else []


def requests(words: list[str]) -> bool:
    """ "can you change the exit to 18295": asked of us, and to be done."""
    while words and words[0] in _LEADING:
        words = words[1:]
    return words[:2] in _REQUESTS and not _DOING.isdisjoint(words[2:5])


def points(items: list[Item]) -> bool:
    """Says that something was said wrongly: "no", "actually", "should be", "not"."""
    return any(i.tag in (Tag.FLIP, Tag.NOT) or not _POINTING.isdisjoint(i.word.split()) for i in items)


def points_outright(items: list[Item]) -> bool:
    """The same in so many words: "it was 40 points" and "i make 1k" only tell something."""
    return any(i.tag in (Tag.FLIP, Tag.NOT) or not _OUTRIGHT.isdisjoint(i.word.split()) for i in items)


def points_at_field(items: list[Item]) -> bool:
    """ "exit is wrong", "change the size": of what, but not to what."""
    return points(items) and any(item.tag in _FIELDS for item in items)


def is_elsewhere(items: list[Item]) -> bool:
    """Watched, wished for, or somebody else's: nothing of it belongs to the trade that waits."""
    return any(i.tag in (Tag.WATCH, Tag.OTHERS) or (i.tag is Tag.MISSED and i.word not in _SLIPS) for i in items)


def is_talk(items: Items, fields: TradeFields) -> bool:
    """Facts that are hardest to tell from talk, among words that add something else."""
    names = fields.said().keys() - {"note"}
    return is_of_a_day(items, fields) or (names <= _WEAK and not only_facts(items))


def is_of_a_day(items: Items, fields: TradeFields) -> bool:
    """ "up 2k on the day": a result of no trade in particular."""
    if fields.pnl is None or OF_MANY.isdisjoint(items.words):
        return False
    if OF_A_DAY.isdisjoint(items.words) and not _counts_trades(items):
        return False
    return fields.said().keys() <= {"pnl", "pnl_basis", "day"}


def _counts_trades(items: Items) -> bool:
    """ "11 trades for +20"."""
    return any(after.word in _MANY and item.kind == "number" and item.tag is None for item, after in pairwise(items))


def only_facts(items: list[Item]) -> bool:
    """No word but those of the trade and those that join them."""
    return all(item.kind != "word" or item.word in _JOINING for item in items)


def lone_number(items: list[Item]) -> Decimal | None:
    """The number of "actually 3", "no 3" or "3": of what, it does not say."""
    facts = [item for item in items if item.kind not in ("word", "mark", "break") and item.word not in ("no", "not")]
    alone = len(facts) == 1 and facts[0].kind == "number" and facts[0].tag is None and not facts[0].money
    return facts[0].value if alone and not facts[0].sign else None
