"""The words that name numbers: an entry, a stop, a target, a size, a result, costs; which number each of them means."""

from collections.abc import Sequence
from typing import Final

from bot.reading.counting import is_index, is_led_out
from bot.reading.gathering import MOST_CONTRACTS
from bot.reading.items import Item, Items
from bot.reading.listing import ENDS, LISTED, NAMED, TRAILING, claim, is_few, is_of_an_exit, lead_on
from bot.reading.roles import HEADS, MONEY_HEADS, OPENING, Amount, Role
from bot.reading.words import Tag, word_set

_MARKS_BETWEEN: Final = frozenset((":", "=", "-", "(", "~", ">"))
_LINKING: Final = word_set("was is be of my the a its it were had got set for still initial war era fue foi etait")
_DIRECT: Final = frozenset((":", "=", "-", "of", "was", "is"))
_ORDINAL_WORDS: Final = frozenset(("trade", "no", "nr", "week", "day"))
_BEFORE_AN_ORDINAL: Final = frozenset((":", "=", "#", "."))
_BEFORE_HEAD: Final = frozenset(("in", "of", "the", "my"))
MOST_ORDINAL: Final = 200
MOST_LOTS: Final = 10_000
_RISK_WORDS: Final = frozenset(("risk", "risking", "riesgo", "risco", "risiko", "risque"))
_BEHIND: Final = frozenset({Tag.ENTRY, Tag.ENTRY_IF_NUMBER, Tag.EXIT, Tag.STOP, Tag.TARGET, Tag.COVER})
_OF_A_HOLDING: Final = frozenset({Tag.COUNT, Tag.ORDINAL, Tag.LONG, Tag.SHORT})
_NOTHING: Final = frozenset[int]()
_BEFORE_COSTS: Final = frozenset(("paid", "plus", "minus"))
_OF_ONE_SIDE: Final = frozenset(("-", "~", ","))
FEW: Final = float(MOST_CONTRACTS)
_FAR, _REACH = 5, 8
"""A head's number stands behind fewer words, and within so many items: "covered the rest of my GME short here at"."""


def headed(items: Items, by_place: dict[int, Amount], closing: frozenset[int]) -> None:
    """The words that name numbers: behind them as a rule, before them where nothing follows ("18250 entry")."""
    behind_all = _name_what_is_behind(items, by_place)
    for n, item in enumerate(items):
        if item.kind != "tag" or item.tag is None or (item.tag in OPENING and is_of_an_exit(items, n)):
            continue
        if n in behind_all:
            claim(by_place[n - 1], HEADS.get(item.tag, Role.ENTRY), item, NAMED)
            continue
        role = HEADS.get(item.tag)
        if item.tag is Tag.LOTS and (first := _numbered(items, n, by_place)) is not None and first.near < MOST_LOTS:
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
    if Tag.FEES in items.tags:  # "9.92 in fees" is no entry
        heads = [n for n in heads if not _is_before_fees(items, n)]
    return frozenset(heads)


def _is_before_fees(items: Sequence[Item], n: int) -> bool:
    return items[n].tag is Tag.ENTRY_IF_NUMBER and n + 1 < len(items) and items[n + 1].tag is Tag.FEES


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
    return None if counts or amount.near >= MOST_ORDINAL or amount.item.decimals else amount


def _links(item: Item) -> bool:
    return item.tag is Tag.AT or item.kind == "symbol" or item.word in _MARKS_BETWEEN or item.word in _LINKING


def _claims_before(items: Sequence[Item], n: int, behind: Amount, first: Amount | None) -> bool:
    """Whether a head names the number before it: nothing follows, or what follows stands farther off."""
    item, money = items[n], behind.item.money or behind.item.tag is Tag.MONEY or bool(behind.item.sign)
    paid = item.tag is Tag.FEES and behind.head is not None and behind.head.word in _BEFORE_COSTS
    if behind.head is not None and behind.weight[_role_of(behind)] >= NAMED and not (money or paid):
        return False
    if item.word == "off" and behind.near > FEW and n + 1 < len(items) and items[n + 1].kind == "word":
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
    if items[n - 1].word == "in":
        return True  # "9.92 in fees to make 8 dollars"
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
