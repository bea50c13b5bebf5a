"""What the words and marks beside a number say about it, as weights for each of its possible roles.

Nothing is decided here: "2 @ 18250" makes the 2 likely to be a count and the 18250 a price, `weighing` decides.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from bot.reading.counting import is_index, is_led_out, is_negative_count, is_negative_price, is_signed_count
from bot.reading.gathering import MOST_CONTRACTS
from bot.reading.items import Item, Items
from bot.reading.legs import EACH
from bot.reading.listing import ENDS, LISTED, NAMED, TRAILING, claim, is_few, is_of_an_exit, lead_on
from bot.reading.roles import HEADS, MONEY_HEADS, OPENING, PRICES, ROLES, Amount, Role
from bot.reading.words import Tag, word_set

_MARKS_BETWEEN: Final = frozenset((":", "=", "-", "(", "~", ">"))
_LINKING: Final = word_set("was is be of my the a its it were had got set for still initial war era fue foi etait")
_DIRECT: Final = frozenset((":", "=", "-", "of", "was", "is"))
_ORDINAL_WORDS: Final = frozenset(("trade", "no", "nr", "week", "day"))
_BEFORE_AN_ORDINAL: Final = frozenset((":", "=", "#", "."))
_BEFORE_COUNT: Final = {"other": 5, "another": 5, "remaining": 5, "last": 5, "with": 5, "all": 7}
_FEWEST_LISTED: Final = 2
_BEFORE_HEAD: Final = frozenset(("in", "of", "the", "my"))
_LISTING: Final = frozenset((",", "/", "and", "&"))
_WAYS: Final = OPENING.keys() | {Tag.EXIT, Tag.ENTRY, Tag.ADD}
_MOST_WITH: Final = 50
_MOST_ORDINAL: Final = 200
_MOST_LOTS: Final = 10_000
_RISK_WORDS: Final = frozenset(("risk", "risking", "riesgo", "risco", "risiko", "risque"))
_NOW: Final = frozenset(
    ("now", "rn", "atm", "currently", "breaks", "breaking", "holds", "rejects", "support", "resistance")
)
_ONCE: Final = frozenset(("loses", "reclaims", "reclaim", "clears", "retakes"))
"""Words of where the market has to be first: the entry only where no other price is it."""
_BEHIND: Final = frozenset({Tag.ENTRY, Tag.ENTRY_IF_NUMBER, Tag.EXIT, Tag.STOP, Tag.TARGET, Tag.COVER})
_OF_A_HOLDING: Final = frozenset({Tag.COUNT, Tag.ORDINAL, Tag.LONG, Tag.SHORT})
_NOTHING: Final = frozenset[int]()
_MOST_ARROWS: Final = 16
_NAMED_BY_ARROW: Final = frozenset({Tag.ENTRY, Tag.STOP, Tag.TARGET, Tag.SIZE})
_LEAST_LOST: Final = 5
"""A loss in brackets; less with cents is rather a size: "(0.25)". """
_BEFORE_COSTS: Final = frozenset(("paid", "plus", "minus"))
_PARTS: Final = frozenset(("half", "rest", "remaining", "remainder", "runner"))
_OF_ONE_SIDE: Final = frozenset(("-", "~", ","))
_CHANGING: Final = frozenset(("up to", "down to"))
_FEW: Final = float(MOST_CONTRACTS)
_FAR, _REACH = 5, 8
"""A head's number stands behind fewer words, and within so many items: "covered the rest of my GME short here at"."""


def amounts_of(items: Items, places: Sequence[int], closing: frozenset[int]) -> list[Amount]:
    """The numbers at `places` with all evidence on them. `closing`: places of side words that end the trade."""
    found = [
        Amount(n, items[n], value, float(value), [0] * ROLES) for n in places if (value := items[n].value) is not None
    ]
    if not found:
        return found
    by_place = {amount.n: amount for amount in found}
    for amount in found:
        _own(items, amount)
        _beside(items, amount)
    _headed(items, by_place, closing)
    if not EACH.isdisjoint(items.words):
        _listed_with_each(items, by_place)
    return found


def _own(items: Sequence[Item], amount: Amount) -> None:
    """How the number itself is written: its unit, its sign, its currency, brackets."""
    item, weight = amount.item, amount.weight
    if item.tag is Tag.LOTS:
        weight[Role.COUNT] += 30
    elif item.tag is Tag.MONEY:
        weight[Role.PNL] += 8
        weight[Role.FEES] += 1
        _not_a_price(weight)
    elif item.sign == "-" and is_negative_count(items, amount.n):
        amount.value = -amount.value
        weight[Role.COUNT] += 30
    elif is_signed_count(items, amount.n):
        weight[Role.COUNT] += 30
    elif item.sign == "-" and is_negative_price(items, amount.n):
        amount.value = -amount.value
    elif item.sign:
        weight[Role.PNL] += 8
        weight[Role.COUNT] -= 8
        _not_a_price(weight)
    elif item.money:
        weight[Role.PNL] += 5
        weight[Role.COUNT] -= 12
    elif item.bracketed:
        value = item.value or Decimal(0)
        large = value >= 100 or (item.decimals > 0 and value >= _LEAST_LOST)
        weight[Role.PNL if large else Role.COUNT] += 5 if large else 8
        weight[Role.PNL] += 4 if item.decimals and not large else 0  # "(0.5)" of contracts
    elif not item.decimals and amount.near <= _FEW:
        weight[Role.COUNT] += 2


def _not_a_price(weight: list[int]) -> None:
    for role in PRICES:
        weight[role] -= 12


def _beside(items: Sequence[Item], amount: Amount) -> None:
    """Its neighbours: "@", an arrow, the instrument, a side."""
    n, weight, item = amount.n, amount.weight, amount.item
    before = items[n - 1] if n else None
    after = items[n + 1] if n + 1 < len(items) else None
    if before is not None:
        if before.word in _ONCE:
            weight[Role.NONE] += 5  # "if es loses 6000 i short 5999"
        elif before.word in _NOW and (n < 2 or items[n - 2].tag not in OPENING) and not _is_ordered(items, n):
            weight[Role.NONE] += 10
        if before.tag is Tag.AT:
            weight[Role.COUNT] -= 0 if before.word in _CHANGING else 8
            weight[Role.ENTRY] += 4
            weight[Role.EXIT] += 4
            if n > 1 and items[n - 2].word in _PARTS:
                weight[Role.EXIT] += 4  # "sold half at 128, the other half at 130"
            if n > 2 and items[n - 3].word == "(":
                weight[Role.ENTRY] += NAMED  # "out of the long (4 @ 5480): 2 at 5484 …"
        elif before.word == ">" and _leads_to_exit(items, n - 1):
            weight[Role.EXIT] += 8
        elif before.word == "=":
            weight[Role.PNL] += 4
        elif before.word == "for" and item.tag is None and amount.near > MOST_CONTRACTS:
            weight[Role.PNL] += 3  # "from 21500 to 21530 for 600"
            weight[Role.COUNT] -= 3
    if after is None:
        if before is not None and before.tag in OPENING and weight[Role.COUNT] > 0 and n > 2:
            weight[Role.COUNT] += 5 if items[n - 2].kind == "number" else 0  # "nq 21535 21530 long 1"
        return
    if after.word in _NOW and before is not None and before.tag not in OPENING:
        weight[Role.NONE] += 10
    if after.word == ">" and _leads_to_exit(items, n + 1):
        weight[Role.ENTRY] += 8
    elif item.tag is None and not item.sign and not item.money:
        _counts(items, amount, before, after)


def _is_ordered(items: Sequence[Item], n: int) -> bool:
    """ "sell usdcad now 1.3612"."""
    return n > 2 and items[n - 2].kind == "symbol" and items[n - 3].tag in OPENING


def _leads_to_exit(items: Sequence[Item], n: int) -> bool:
    """Whether an arrow goes from entry to exit, and not from a name to its number: "stop > 38.9", "tp > 41 > 42.5"."""
    for arrow in range(n, max(0, n - _MOST_ARROWS), -2):
        if items[arrow].word != ">":
            break
        named = items[arrow - 1].tag
        if named in _NAMED_BY_ARROW:
            return False
        if named in OPENING:  # "breakout long > 232.50" is over it, "es 6010 x 3 long > 6014" leads out
            return any(item.kind == "number" and item.tag is None for item in items[: arrow - 1])
    return True


def _counts(items: Sequence[Item], amount: Amount, before: Item | None, after: Item) -> None:
    """Whether a plain number counts: "2 nq", "5 @ 20115", "1 of 2", "2 off", "long 2 18250"."""
    weight = amount.weight
    if before is not None and before.tag in (Tag.STOP, Tag.TARGET, Tag.FEES):
        return
    beyond = items[amount.n + 2] if amount.n + 2 < len(items) else None
    if after.kind == "symbol" and beyond is not None and beyond.tag is Tag.AT and amount.near < _MOST_LOTS:
        weight[Role.COUNT] += NAMED + 6
    elif after.kind == "symbol" and after.spaced:
        weight[Role.COUNT] += 7 if not amount.item.decimals and amount.near < _MOST_LOTS else 4
    elif after.tag is Tag.AT and after.text != "a":
        weight[Role.COUNT] += 5 if beyond is not None and beyond.kind == "number" else 0
    elif after.word in ("of", "off", "back") or after.tag in (Tag.MICROS, Tag.MINIS) or after.word == "each":
        weight[Role.COUNT] += 6
    elif (
        amount.near < _MOST_ORDINAL
        and not amount.item.decimals
        and (after.tag is Tag.ADD or (after.tag in (Tag.EXIT, Tag.COVER, Tag.STOPPED) and _leads(items, amount.n)))
    ):
        weight[Role.COUNT] += 5
    elif (after.kind == "number" and before is not None and (before.tag in OPENING or before.kind == "symbol")) or (
        after.tag in (Tag.LONG, Tag.SHORT) and before is None
    ):
        weight[Role.COUNT] += 3
    if before is not None and before.tag in OPENING and weight[Role.COUNT] > 0:
        weight[Role.COUNT] += 2
    if before is not None and before.word in _BEFORE_COUNT and amount.near < _MOST_WITH:
        weight[Role.COUNT] += _BEFORE_COUNT[before.word]


def _leads(items: Sequence[Item], n: int) -> bool:
    """ "1 out at 18270": the word behind the count goes on to a price."""
    return any(item.kind == "number" for item in items[n + 2 : n + 4])


def _headed(items: Items, by_place: dict[int, Amount], closing: frozenset[int]) -> None:
    """The words that name numbers: behind them as a rule, before them where nothing follows ("18250 entry")."""
    behind_all = _name_what_is_behind(items, by_place)
    for n, item in enumerate(items):
        if item.kind != "tag" or item.tag is None or (item.tag in OPENING and is_of_an_exit(items, n)):
            continue
        if n in behind_all:
            claim(by_place[n - 1], HEADS.get(item.tag, Role.ENTRY), item, NAMED)
            continue
        role = HEADS.get(item.tag)
        if item.tag is Tag.LOTS and (first := _numbered(items, n, by_place)) is not None and first.near < _MOST_LOTS:
            role = Role.COUNT
        if item.tag is Tag.ENTRY_IF_NUMBER and (n + 1 in by_place or _is_at_number(items, n + 1, by_place)):
            role = Role.ENTRY
        elif item.tag in OPENING and item.tag is not Tag.COVER:
            _sided(items, n, by_place, Role.EXIT if n in closing else Role.ENTRY, apart=bool(closing))
            continue
        if role is None:
            continue
        ahead = items[n + 1] if n + 1 < len(items) else None
        if ahead is not None and (ahead.kind == "clock" or _is_at_level(items, n)):
            continue
        first = _numbered(items, n, by_place) if role is Role.NONE else _ahead(items, n, by_place)
        if n > 1 and items[n - 1].word in _BEFORE_HEAD:
            behind = by_place.get(_place_behind(items, n))
            first = None if behind is not None and behind.n == n - 3 else first
        else:
            behind = by_place.get(n - 1)
        backward = behind is not None and _claims_before(items, n, behind, first)
        if first is None and _leads_to_distance(items, n):
            continue  # "lost 20 points", "sl: 25 pts"
        if backward and behind is not None:
            if behind.head is not None and behind.head.word in _BEFORE_COSTS:
                behind.weight[_role_of(behind)] -= NAMED
            claim(behind, role, item, NAMED if first is None else LISTED)
        if first is not None and item.tag is Tag.STOPPED and _is_of_what_was_left(items, n, first.n):
            role = Role.ENTRY
        if first is not None and item.word in _RISK_WORDS:
            first.weight[Role.NONE] += TRAILING
            first.weight[Role.STOP] += TRAILING
        elif first is not None and not (backward and _is_of_the_next(items, n, first)):
            _forward(items, n, first, by_place, role)
        elif first is not None and item.tag is Tag.GROSS and first.item.bracketed and item.word != "gross":
            claim(first, Role.FEES, item, NAMED + 3)  # "+1,040 before fees (8.80)"


def _place_behind(items: Sequence[Item], n: int) -> int:
    """Where the number stands that a head behind it may name: "420 in fees", "19800 was my entry"."""
    if items[n - 1].word in ("in", "of"):
        return n - 2
    return n - 3 if n > 2 and items[n - 2].word in ("is", "was") else n - 1


def _is_at_number(items: Sequence[Item], n: int, by_place: dict[int, Amount]) -> bool:
    return n + 1 in by_place and items[n].tag is Tag.AT


def _is_of_what_was_left(items: Sequence[Item], n: int, first: int) -> bool:
    """ "shaken out of a gold short, 2652 sl 2658": the side's price is the entry where the stop has its own."""
    sided = (
        any(item.tag in (Tag.LONG, Tag.SHORT) for item in items[n + 1 : first]) and items[first - 1].tag is not Tag.AT
    )
    behind = items[first + 1 : first + 2 + 2 * _FAR]
    if sided and items[first - 1].tag in (Tag.LONG, Tag.SHORT) and any(item.tag is Tag.DISTANCE for item in behind[:3]):
        return True  # "sl hit on my eurusd short 1.0870, -25 pips"
    stops = (m for m, item in enumerate(behind) if item.tag is Tag.STOP)
    return sided and any(item.kind == "number" for m in stops for item in behind[m + 1 : m + 3])


def _leads_to_distance(items: Sequence[Item], n: int) -> bool:
    ahead = next((item for item in items[n + 1 : n + 3] if item.word not in _MARKS_BETWEEN), None)
    return ahead is not None and ahead.tag is Tag.DISTANCE


def _is_at_level(items: Sequence[Item], n: int) -> bool:
    """ "closed at BE", "closed by SL 1.2735" name no number of their own."""
    if items[n].tag is not Tag.EXIT:
        return False
    beyond = items[n + 2] if n + 2 < len(items) else None
    led = beyond is not None and is_led_out(items, n + 2)
    return led or any(item.tag is Tag.BREAK_EVEN for item in items[n + 1 : n + 3])


def _listed_with_each(items: Sequence[Item], by_place: dict[int, Amount]) -> None:
    """ "1 each at 2376, 2374.5, 2373", "77.80 / 77.95 one lot each": the prices of the list are of one role."""
    for n, item in enumerate(items):
        if item.word not in EACH or not n or items[n - 1].kind != "number":
            continue
        at = n + 2 if n + 1 < len(items) and items[n + 1].tag is Tag.AT else n + 1
        before = n - 3 if n > 2 and items[n - 2].word == "(" else n - 2
        listed = _list_from(items, at, by_place, 1)
        if len(listed) < _FEWEST_LISTED:
            listed = _list_from(items, before, by_place, -1)
            if len(listed) <= _FEWEST_LISTED:
                continue  # "es long 6010 6012 1 lot each" is of accounts
        way = _way_before(items, min(listed[0].n, listed[-1].n, n))
        left = way is not None and way.tag in (Tag.EXIT, Tag.COVER)
        if left and n > 2 and items[n - 2].word == ":" and n - 3 in by_place:
            by_place[n - 3].weight[Role.ENTRY] += 2 * NAMED  # "out of the long 19800: 1 each at …"
        for amount in listed:
            if left and way is not None:
                claim(amount, Role.EXIT, way, NAMED)
            else:
                amount.weight[Role.ENTRY] += NAMED + 3


def _list_from(items: Sequence[Item], place: int, by_place: dict[int, Amount], step: int) -> list[Amount]:
    """The numbers from a place on that stand side by side, or a comma, a slash or "and" apart."""
    listed: list[Amount] = []
    while place in by_place and by_place[place].item.tag is None:
        listed.append(by_place[place])
        place += step
        if 0 <= place < len(items) and items[place].word in _LISTING:
            place += step
    return listed


def _way_before(items: Sequence[Item], n: int) -> Item | None:
    """The last word of entering or leaving before a place; the side of what was left is none."""
    for m in range(n - 1, -1, -1):
        if items[m].kind == "tag" and items[m].tag in _WAYS and not is_of_an_exit(items, m):
            return items[m]
    return None


def _name_what_is_behind(items: Items, by_place: dict[int, Amount]) -> frozenset[int]:
    """The places of price heads, where all of them stand behind their numbers: "18250 entry 18290 exit"."""
    if _BEHIND.isdisjoint(items.tags):
        return _NOTHING
    heads = [n for n, item in enumerate(items) if item.tag in _BEHIND and item.kind == "tag"]
    if len(heads) > 1 and Tag.ENTRY_IF_NUMBER in items.tags:
        heads = [n for n in heads if items[n].tag is not Tag.ENTRY_IF_NUMBER or n - 1 in by_place]
    if len(heads) < 2 or items[heads[0]].tag in (Tag.STOP, Tag.TARGET):
        return _NOTHING
    if not all(n - 1 in by_place and by_place[n - 1].item.tag is None for n in heads):
        return _NOTHING
    if Tag.HIT in items.tags:
        return _NOTHING
    for item in items[heads[-1] + 1 : heads[-1] + 3]:
        if item.word == "," or (item.kind == "tag" and item.tag in HEADS):
            break  # "18250 entry 18290 exit, 2 lots", "… exit size 2"
        if item.kind == "number" and item.tag is not Tag.LOTS:
            return _NOTHING
    return frozenset(heads)


def _ahead(items: Sequence[Item], n: int, by_place: dict[int, Amount]) -> Amount | None:
    """The number that a head leads to: in its clause, or alone on the next line."""
    words = 0
    for place in range(n + 1, min(n + 2 + _REACH, len(items))):
        item = items[place]
        if place in by_place:
            if item.tag is Tag.LOTS and items[n].tag not in (Tag.SIZE, Tag.PNL):
                continue  # "exit, 10 lots": no price
            return by_place[place] if words < _FAR else None
        if item.kind == "number" and (place == n + 1 or item.tag is Tag.IGNORE or is_index(items, place)):
            continue  # the 1 of "take profit 1: 18290" and of "targets: 1) 18290"
        if item.word == "." and item.spaced and place == n + 1 and place + 1 in by_place:
            continue
        if item.kind == "number" or item.word in ENDS or (item.tag in HEADS and item.tag is not Tag.IGNORE):
            return None
        if item.tag in OPENING and items[n].tag is not Tag.ADD and not is_of_an_exit(items, place):
            return None
        if item.kind == "break":
            led = place == n + 1 or (place == n + 2 and items[n + 1].word == ":")
            if not led or place + 1 == len(items) or not (place + 1 in by_place or is_index(items, place + 1)):
                return None
        elif item.word == ",":
            words += 2
        elif not _links(item):
            words += 1
    return None


def _numbered(items: Sequence[Item], n: int, by_place: dict[int, Amount]) -> Amount | None:
    """The number directly behind "trade", "ema" or "risk"; "trade 1290" is no number of a trade."""
    place = n + 1
    while place < len(items) and place < n + 3 and items[place].word in _BEFORE_AN_ORDINAL:
        place += 1
    amount = by_place.get(place)
    if amount is None or items[n].word not in _ORDINAL_WORDS:
        return amount
    after = items[place + 1] if place + 1 < len(items) else None
    counts = place == n + 2 and items[n + 1].word == ":" and after is not None and after.kind == "symbol"
    return None if counts or amount.near >= _MOST_ORDINAL or amount.item.decimals else amount


def _links(item: Item) -> bool:
    return item.tag is Tag.AT or item.kind == "symbol" or item.word in _MARKS_BETWEEN or item.word in _LINKING


def _claims_before(items: Sequence[Item], n: int, behind: Amount, first: Amount | None) -> bool:
    """Whether a head names the number before it: nothing follows, or what follows stands farther off."""
    item, money = items[n], behind.item.money or behind.item.tag is Tag.MONEY or bool(behind.item.sign)
    paid = item.tag is Tag.FEES and behind.head is not None and behind.head.word in _BEFORE_COSTS
    if behind.head is not None and behind.weight[_role_of(behind)] >= NAMED and not (money or paid):
        return False
    if item.word == "off" and behind.near > _FEW and n + 1 < len(items) and items[n + 1].kind == "word":
        return False  # "long 2318 off support"
    if item.tag in (Tag.ADD, Tag.MOVE) or (item.word == "day" and money):
        return False  # "-$275 day, all from gold"
    if item.tag in (Tag.WIN, Tag.LOSS) and not money and not behind.item.decimals and behind.near < 10:
        return False  # "2 wins 1 loss"
    if first is None:
        return item.tag not in (Tag.STOPPED, Tag.IGNORE, Tag.NET) or money
    of_money = item.tag in MONEY_HEADS or item.tag is Tag.FEES
    direct = all(i.word in _DIRECT or i.tag is Tag.AT for i in items[n + 1 : first.n])
    if direct and item.tag is Tag.FEES and items[n + 1].word != "=":
        return False  # "-420 fees 4.18"
    direct &= item.tag is not Tag.FEES or items[n + 1].word != "="  # "less 13.5 commission = 1261.50"
    return of_money and (money or not direct)


def _is_of_the_next(items: Sequence[Item], n: int, first: Amount) -> bool:
    """ "420 profit, 4.18 fees": what follows a head that has its number is the next one's."""
    return any(i.word in (",", "/", "and", "(", "for") or i.kind == "break" for i in items[n + 1 : first.n])


def _role_of(amount: Amount) -> Role:
    return HEADS.get(amount.head.tag, Role.NONE) if amount.head is not None and amount.head.tag else Role.NONE


def _forward(items: Sequence[Item], n: int, first: Amount, by_place: dict[int, Amount], role: Role) -> None:
    far = 0
    for item in items[n + 1 : first.n]:
        far += 2 if item.kind != "number" and not _links(item) and item.tag not in _OF_A_HOLDING else 0
    claim(first, role, items[n], max(NAMED - far, 3) if role is not Role.NONE else NAMED + 5)
    if role is Role.COUNT and first.item.money:
        first.weight[role] += NAMED + 3
    if role is Role.EXIT and (left := _arrives_at(items, n, first, by_place)) is not None:
        first.weight[role] -= NAMED
        first.head = None
        first.weight[Role.ENTRY] += NAMED
        claim(left, role, items[n], NAMED)
        return
    if role in (Role.PNL, Role.FEES, Role.COUNT, Role.NONE):
        return
    lead_on(items, n, first, by_place, role)


def _arrives_at(items: Sequence[Item], n: int, first: Amount, by_place: dict[int, Amount]) -> Amount | None:
    """The 2668 of "closed my gold swing 2641 -> 2668": where the instrument is named, the arrow leads to the exit."""
    if "symbol" not in [item.kind for item in items[n + 1 : first.n]]:
        return None  # "exit 18290 -> 18295"
    if any(place < n and not is_few(amount.item) for place, amount in by_place.items()):
        return None
    place = first.n + 1
    while place < len(items) and place < first.n + 3 and items[place].word in ("-", ">", "to"):
        place += 1
    return by_place.get(place) if items[place - 1].word in (">", "to") else None


def _sided(items: Sequence[Item], n: int, by_place: dict[int, Amount], role: Role, *, apart: bool) -> None:
    """ "bought 2 nq 18250", "sold 1 18270": the prices behind a side, up to the next word that names one.

    `apart`: another side tells where it was left, so that what a dash or a comma joins is of this one.
    """
    weight = TRAILING + 1
    for place in range(n + 1, len(items)):
        item = items[place]
        if place in by_place:
            leg = role is Role.EXIT and place - 1 in by_place and by_place[place - 1].weight[Role.COUNT] >= LISTED
            price = by_place[place].weight[Role.COUNT] < 5
            if apart and place - 2 in by_place and items[place - 1].word in _OF_ONE_SIDE and item.tag is None:
                weight = NAMED
            by_place[place].weight[role] += TRAILING + 1 if leg else weight if price else 1
            if by_place[place].weight[Role.COUNT] <= 2:
                weight = 1
        elif item.kind == "number":
            continue  # the strike of "sold half my NVDA 140c @ 5.10"
        elif item.tag in HEADS or item.tag in OPENING or item.word in ENDS:
            return
        elif item.kind == "break":
            weight = min(weight, 2)
