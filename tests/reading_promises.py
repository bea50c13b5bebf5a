"""What must hold of every reading, told without the reader's code: `objections` names what does not.

numbers   every number of an event stands in the text, was known before, or is computed from such
yes       only a text of nothing but assent confirms
values    prices and sizes of a trade are above nothing, nothing is infinite
"""

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from bot.reading import ReadContext
from statemachine.events import (
    Asked,
    Chatted,
    Closed,
    Confirmed,
    Corrected,
    Denied,
    Detailed,
    Event,
    Planned,
    Reported,
    Skipped,
    Unread,
)
from statemachine.trade import TradeFields
from tests.reading_numbers import (
    Numbers,
    a_mean,
    a_product,
    a_sum,
    among,
    at_a_distance,
    completed,
    folded,
    numbers_in,
    numbers_of,
)

READINGS: Final = (
    Asked, Chatted, Closed, Confirmed, Corrected, Denied, Detailed, Planned, Reported, Skipped, Unread
)  # fmt: skip
"""What reading a text may give; the other events come from buttons, commands and timers."""
PRICES: Final = ("entry_price", "exit_price", "stop_loss", "take_profit")
AMOUNTS: Final = (*PRICES, "position_size", "pnl", "commissions")


def word_set(table: str) -> frozenset[str]:
    return frozenset(table.split())


YES: Final = word_set(
    """
    y yes yep yeah yea yup yess yas ya ye aye ok okay k kk okey oki sure thing correct right exactly exact confirm
    confirmed affirmative absolutely definitely of course perfect great good all looks look lgtm fine save log record
    book add store submit post put in down approve approved accept accepted agreed agree roger cool sounds works for
    ship do go ahead spot on bang the is it its that thats this them one trade to me
    si claro dale vale correcto exacto perfecto confirmo confirmar confirma guardalo guardar de acuerdo esta bien listo
    asi es por supuesto eso todo anotalo registralo
    ja jo jap jep jawohl genau richtig stimmt so passt korrekt klar bestatigt bestatige bestatigen speichern ordnung
    alles sicher das
    sim certo isso mesmo exato correto perfeito confirmado pode ser salvar salva ta beleza blz com certeza
    oui ouais daccord cest bon ca parfait je confirme confirmer bien sur valide valider enregistre tout a fait
    да верно ага точно подтверждаю сохрани правильно
    i can may you now thats alright ten four lol haha sip lo word et
    """
)
LONE_YES: Final = frozenset({"+", "s"})
"""What means yes by itself alone: in Russian chats, and short for sim and sí."""
POLITE: Final = word_set(
    """
    please pls plz thanks thank you thx ty mate bro man buddy bot vigil sir problem worries and por favor gracias
    bitte danke obrigado obrigada merci svp sil te plait спасибо пожалуйста
    """
)
PICKING: Final = word_set(
    """
    1 2 3 4 5 6 7 8 9 10 first second third fourth fifth last one two three 1st 2nd 3rd number nr all both of
    todos todas alle tous toutes les deux beide ambos ambas primero primera segundo segunda tercero erste ersten zweite
    zweiten dritte primeiro primeira segunda terceiro premier premiere deuxieme troisieme number the el la le der die
    den o trade
    """
)
"""Which of several drafts is meant, or that all are."""
ASSENTING: Final = frozenset("👍👌✅🆗💯🙌🤝🫡☑✔🟢")
FRIENDLY: Final = frozenset("🙏😀🙂😊😁😃😄😎🔥🚀💪🎉❤🤑🥳😅😉")
FLAT: Final = re.compile(
    r"\b(?:be|b/e|b\.e|breakeven|break|even|scratch\w*|flat|entry|entries|entrada|entree|einstieg|nothing|null|zero|"
    r"wash|вход|безубыт\w*|plana?)\b|\b0|\bbe\d",
    re.IGNORECASE,
)
PLUS: Final = re.compile(r"\+\s?[$€£]?\s?(\d[\d.,]*k?)")
LOSING: Final = re.compile(
    r"[-–—−‐‑‒﹣－(\[]|(?:\b|(?<=\d))(?:lost|lose|loss|losses|loser|losing|down|red|minus|negative|gave|give|dropped|stopped|"
    r"perdi\w*|perda|perdeu|prejuizo|verlust\w*|verlor\w*|perte\w*|perdu\w*|stop|hit|ate|bleed|bled|burned|burnt|paid|"
    r"cost|убыт\w*|минус|потер\w*|opposite|wrong|not)\b",
    re.IGNORECASE,
)


def objections(text: str, context: ReadContext, event: Event) -> Iterator[str]:
    """What is wrong with a reading, in a few words each; nothing where every promise was kept."""
    if not isinstance(event, READINGS):
        yield f"reading cannot give {type(event).__name__}"
        return
    if isinstance(event, Confirmed):
        yield from _no_yes(text, event.which, _restated(text, context))
    told = fields_of(event)
    if not any(trade.said() for trade in told):
        return
    numbers = numbers_of(text) | _known(context)
    for trade in told:
        yield from _impossible(trade, event)
        for name in AMOUNTS:
            value = getattr(trade, name)
            if value is not None and value.is_finite() and not _accounted(name, value, numbers, text):
                yield f"{name} {value} is nowhere in the text"
        yield from _wrong_sign(trade, text, context)


def fields_of(event: Event) -> tuple[TradeFields, ...]:
    """The facts that an event carries."""
    match event:
        case Reported() | Planned():
            return event.trades
        case Closed() | Detailed() | Corrected():
            return (event.fields,)
        case Unread():
            return (event.understood,)
    return ()


def _impossible(trade: TradeFields, event: Event) -> Iterator[str]:
    for name in AMOUNTS:
        value = getattr(trade, name)
        if value is None:
            continue
        if not isinstance(value, Decimal) or not value.is_finite():
            yield f"{name} {value!r} is no number"
        elif not isinstance(event, Unread) and name != "pnl" and value < 0:
            yield f"{name} {value} is below nothing"
    if trade.direction not in (None, "long", "short"):
        yield f"direction {trade.direction!r}"
    if trade.symbol is not None and (trade.symbol != trade.symbol.upper() or not trade.symbol.strip()):
        yield f"symbol {trade.symbol!r}"


def _known(context: ReadContext) -> Numbers:
    facts = (*context.drafts, *context.open_trades)
    return numbers_in(getattr(trade, name) for trade in facts for name in AMOUNTS)


def _accounted(name: str, value: Decimal, numbers: Numbers, text: str) -> bool:
    """Whether anybody can say where a number comes from."""
    value = abs(value)
    if among(value, numbers):
        return True
    if name == "pnl":
        flat = not value and FLAT.search(_bare(text)) is not None
        return flat or a_sum(value, numbers) or a_product(value, numbers)
    if name in ("position_size", "commissions"):
        return a_sum(value, numbers) or a_product(value, numbers)
    return completed(value, numbers) or a_mean(value, numbers) or at_a_distance(value, numbers)


def _wrong_sign(trade: TradeFields, text: str, context: ReadContext) -> Iterator[str]:
    """A loss is said, known before, or follows from the prices; what bears a plus is none."""
    if trade.pnl is None or trade.pnl >= 0:
        return
    known = any(draft.pnl is not None and draft.pnl < 0 for draft in context.drafts)
    joined = re.sub(r"[^\S \n\t]|[\x00-\x08\x0e-\x1f]", "", text)  # what cannot be seen cuts no word
    said = any(LOSING.search(_bare(each)) for each in (text, joined)) or "📉" in text or "🔴" in text
    if not (known or said or _moved_against(trade, context)):
        yield f"pnl {trade.pnl} is a loss, and nothing says so"
    elif not said and any(-trade.pnl in numbers_of(each).values for each in PLUS.findall(folded(text))):
        yield f"pnl {trade.pnl} was said with a plus"


def _moved_against(trade: TradeFields, context: ReadContext) -> bool:
    """By the prices of this trade, or with those of one that was known."""
    for before in (TradeFields(), *context.drafts, *context.open_trades):
        whole = before.merged(trade)
        if whole.entry_price is None or whole.exit_price is None:
            continue
        if (whole.exit_price < whole.entry_price) == (whole.direction != "short"):
            return True
    return False


def _bare(text: str) -> str:
    plain = unicodedata.normalize("NFD", folded(text)).casefold()
    return (
        "".join(each for each in plain if unicodedata.category(each) not in ("Mn", "Co", "Cn"))
        .replace("'", "")
        .replace("’", "")
    )


RESTATING: Final = word_set(
    "contract contracts lot lots share shares size entry exit stop target sl tp in out at from p l pnl of made up with"
)


def _restated(text: str, context: ReadContext) -> frozenset[str]:
    """The words of a yes that repeats what stands in the drafts: "yes 2 nq long" of two NQ that were bought."""
    said = {word for draft in context.drafts for word in (draft.direction, draft.symbol) if word is not None}
    known = _known(context).values | {Decimal(count) for count in range(1, 11)}
    figures = re.findall(r"\w+", _bare(text)) if numbers_of(text).values <= known else []
    return frozenset(word.lower() for word in said) | RESTATING | {word for word in figures if word[:1].isdigit()}


def _no_yes(text: str, which: int | None, restated: frozenset[str] = frozenset()) -> Iterator[str]:
    """Whatever in a text is no assent, though it was taken for one."""
    bare = _bare(text)
    if bare.strip() in LONE_YES:
        return
    allowed = YES | POLITE | PICKING | restated
    words = re.findall(r"\w+", re.sub(r"\bno\s+(?=problem|worries|\d)", "", bare))
    strange = [word for word in words if word not in allowed and _short(word) not in _SHORT and word != "100"]
    marks = [each for each in text if unicodedata.category(each) in ("So", "Sk") and each not in _SKIN]
    strange += [each for each in marks if each not in ASSENTING | FRIENDLY]
    if strange:
        yield f"confirmed by {' '.join(strange)!r}"
    if "?" in text and "?!" not in text:
        yield "confirmed by a question"
    assents = any(word in YES or _short(word) in _SHORT for word in words) or any(each in ASSENTING for each in text)
    if not assents and which is None and not set(words) & PICKING:
        yield "confirmed by nothing that says yes"


def _short(word: str) -> str:
    """With letters that are drawn out written once: "yesss"."""
    return re.sub(r"(.)\1+", r"\1", word)


_SHORT = frozenset(_short(word) for word in YES)
_SKIN = frozenset("🏻🏼🏽🏾🏿\ufe0f")
