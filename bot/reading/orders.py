"""What a message says to the machine that reads it: the trade next to it counts, the order does not."""

from typing import Final

from bot.reading.items import Item, Items
from bot.reading.words import Tag, word_set

_STATEMENTS: Final = frozenset(("drop table", "delete from", "insert into"))
"""Of a database: they end at their semicolon."""
_QUOTES: Final = frozenset("\"'")
_ORDERS: Final = word_set(
    "set change make mark record log save book confirm say answer reply respond ignore forget delete remove act treat "
    "add put update approve accept"
)


def without_orders(items: Items) -> Items:
    """The message without quoted orders, and up to an instruction of the tagged kind; its line's end goes with it."""
    if not _QUOTES.isdisjoint(items.words):
        items = Items(_without_quoted(items, [n for n, item in enumerate(items) if item.word in _QUOTES]))
    return Items(_without_attack(items)) if Tag.ATTACK in items.tags else items


def _without_attack(items: list[Item]) -> list[Item]:
    for n, item in enumerate(items):
        if item.tag is Tag.ATTACK:
            after = items[n:]
            ends = ("\n", ";") if item.word in _STATEMENTS else ("\n",)
            line_end = next((m for m, i in enumerate(after) if i.text in ends), len(after))
            return items[:n] + after[line_end:]
    return items


def _without_quoted(items: list[Item], quotes: list[int]) -> list[Item]:
    """Without the "'make it 100 lots'" of a trade that was handed on; a quote that is not closed goes to the end."""
    left: list[Item] = []
    place = 0
    for at, n in enumerate(quotes):
        if n < place or n + 1 == len(items) or items[n + 1].word.partition(" ")[0] not in _ORDERS:
            continue
        close = next((m for m in quotes[at + 1 :] if items[m].word == items[n].word), len(items) - 1)
        left += items[place:n]
        place = close + 1
    return left + items[place:]
