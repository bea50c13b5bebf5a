"""What is said of the trader's rules: the list, one rule, changes of them, and how each is read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from bot.rules.grade import TrackRecord
from bot.rules.kinds import Check
from bot.texts import buttons, numbers
from bot.texts.facts import SEPARATOR
from bot.texts.layout import Rows, rows_of
from bot.texts.reading_rules import described
from bot.texts.words import Words, quoted
from statemachine.message import Button, Reply

LONGEST_RULE: Final = 120
LONGEST_WHOLE: Final = 1000
LONGEST_READING: Final = 160
MOST_LINES: Final = 10
WIDTH: Final = 3
"""Buttons that name a rule, beside one another on a phone."""

ReadAs = Literal["computed", "proposed", "judged"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRule:
    """A rule as the trader sees it.

    number   its place in the list; None for an old version
    check    what decides it ("computed"), or what the model would decide it by ("proposed")
    digest   of the text, for the buttons beside its reading
    """

    number: int | None
    id: UUID
    text: str
    is_active: bool
    read_as: ReadAs
    check: Check | None
    digest: str
    record: TrackRecord


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """One wording of a rule, how often it was judged, and what grade it has or had."""

    version: int
    text: str
    since: datetime
    record: TrackRecord


# ---- pieces


def _reading(words: Words, rule: ShownRule) -> str:
    if rule.check is None:
        return words("rule.judged")
    told = quoted(described(words, rule.check), LONGEST_READING)
    return words("rule.computed" if rule.read_as == "computed" else "rule.proposed", reading=told)


def _figures(words: Words, record: TrackRecord) -> str:
    """Grade B · 12 trades · won 58% · avg +$120.00 · broken 3 times: -$340.00."""
    if not record.samples:
        return words("record.none")
    parts = [
        words("record.grade", grade=record.grade)
        if record.grade is not None
        else words.counted("record.needs", record.needed),
        words.counted("record.samples", record.samples),
    ]
    if record.win_rate is not None:
        parts.append(words("record.won", share=numbers.percentage(record.win_rate * 100)))
    if record.avg_pnl is not None:
        parts.append(words("record.average", amount=words.gain(record.avg_pnl)))
    if record.broken:
        parts.append(words.counted("record.cost", record.broken, amount=words.gain(record.cost)))
    return SEPARATOR.join(parts)


def _named(words: Words, rule: ShownRule) -> str:
    """3. Always use a stop."""
    return words("numbered", number=rule.number, line=quoted(rule.text, LONGEST_RULE))


def _shows(words: Words, rules: Sequence[ShownRule]) -> Rows:
    """A button for each, that shows it whole."""
    return rows_of((_show(words, rule) for rule in rules if rule.number is not None), WIDTH)


def _show(words: Words, rule: ShownRule) -> Button:
    return words.button("rule", buttons.of_rule("show", rule.id), number=rule.number)


def _right_or_wrong(words: Words, rule: ShownRule) -> tuple[Button, ...]:
    return (
        words.button("right", buttons.of_reading("right", rule.id, rule.digest)),
        words.button("wrong", buttons.of_reading("wrong", rule.id, rule.digest)),
    )


def _pause_or_resume(words: Words, rule: ShownRule) -> Button:
    asked = "pause" if rule.is_active else "resume"
    return words.button(asked, buttons.of_rule(asked, rule.id))


# ---- the list


def rules(
    words: Words, rules: Sequence[ShownRule], page: int, pages: int, active: int, paused: int, judged: int
) -> Reply:
    """One page of the list; `active` and `paused` in all. `judged`: the most that an audit reads."""
    lines: list[str] = []
    for rule in rules:
        if not rule.is_active and words("rules.paused") not in lines:
            lines += ["", words("rules.paused")]
        lines += [_named(words, rule)]
        if rule.is_active:
            lines += [f"   {_reading(words, rule)}", f"   {_figures(words, rule.record)}"]
    lines += ["", words("rules.unread", judged=judged)] if active > judged else []
    lines += ["", words("rules.hint") if pages == 1 else words("rules.page", page=page, pages=pages)]
    turning = [words.button("back", buttons.rules_page(page - 1))] if page > 1 else []
    turning += [words.button("more", buttons.rules_page(page + 1))] if page < pages else []
    return Reply(
        title=words("rules.title", active=active, paused=paused) if paused else words.counted("rules.title", active),
        text="\n".join(lines).lstrip("\n"),
        buttons=(*_shows(words, rules), *((tuple(turning),) if turning else ())),
    )


def rule(words: Words, rule: ShownRule, last: int, can_propose: bool) -> Reply:
    """One rule whole. `last`: the number of active rules; `can_propose`: a model could be asked for a check."""
    lines = [quoted(rule.text, LONGEST_WHOLE), "", _reading(words, rule), _figures(words, rule.record)]
    if rule.number is not None:
        lines.append(words("rule.how", number=rule.number))
    read = _right_or_wrong(words, rule) if rule.check is not None else ()
    if rule.check is None and can_propose:
        read = (words.button("check", buttons.of_reading("check", rule.id, rule.digest)),)
    moves = [_pause_or_resume(words, rule)]
    if rule.is_active and rule.number is not None:
        moves += [words.button("up", buttons.move_rule(rule.id, rule.number - 1))] if rule.number > 1 else []
        moves += [words.button("down", buttons.move_rule(rule.id, rule.number + 1))] if rule.number < last else []
    title = words("rule.title" if rule.is_active else "rule.title.paused", number=rule.number)
    return Reply(title=title, text="\n".join(lines), buttons=(*((read,) if read else ()), tuple(moves)))


def no_rules(words: Words) -> Reply:
    return Reply(title=words("no_rules.title"), text=words("no_rules"))


# ---- added and changed


def rules_added(
    words: Words,
    added: Sequence[ShownRule],
    known: Sequence[ShownRule] = (),
    too_long: Sequence[str] = (),
    beyond: Sequence[str] = (),
    longest: int = LONGEST_WHOLE,
    most: int = 100,
    asking: bool = False,
) -> Reply:
    """What was added and how it was read; what was not, and why.

    known     those that said the same already      beyond  more than the `most` active rules there may be
    too_long  more than `longest` characters        asking  the model is asked for checks of what code cannot read
    """
    lines: list[str] = []
    for rule in added[:MOST_LINES]:
        lines += [_named(words, rule), f"   {_reading(words, rule)}"]
    if len(added) > MOST_LINES:
        lines.append(words.counted("rules.more", len(added) - MOST_LINES))
    if asking:
        lines.append(words("rules.asking"))
    lines += [_known(words, rule) for rule in known[:MOST_LINES]]
    lines += [words("rules.too_long", rule=quoted(text, 40), count=len(text), most=longest) for text in too_long[:3]]
    if beyond:
        lines.append(words("rules.beyond", most=most, rules=words.listed([quoted(text, 60) for text in beyond[:3]])))
    title = words.counted("rules.added", len(added)) if added else words("rules.not_added")
    return Reply(title=title, text="\n".join(lines), buttons=_after_adding(words, added, known))


def _known(words: Words, rule: ShownRule) -> str:
    key = "rules.known" if rule.is_active else "rules.known.paused"
    return words(key, number=rule.number, rule=quoted(rule.text, LONGEST_RULE))


def _after_adding(words: Words, added: Sequence[ShownRule], known: Sequence[ShownRule]) -> Rows:
    """Of one rule: is that right? Of several: a button that shows each."""
    if len(added) == 1:
        return _of_one(words, added[0])
    if added:
        return _shows(words, added[: 3 * WIDTH])
    paused = [rule for rule in known if not rule.is_active]
    return ((_pause_or_resume(words, paused[0]),),) if len(paused) == 1 else ()


def _of_one(words: Words, rule: ShownRule, *more: Button) -> Rows:
    read = (_right_or_wrong(words, rule),) if rule.check is not None else ()
    return (*read, (*more, _pause_or_resume(words, rule)))


def rule_edited(words: Words, rule: ShownRule, before: str, asking: bool = False) -> Reply:
    """The new wording and how it is read; `before`: the old one. Its grade starts anew."""
    lines = [_named(words, rule), f"   {_reading(words, rule)}", words("rule.was", rule=quoted(before, LONGEST_RULE))]
    lines += [words("rules.asking")] if asking else []
    undo = words.button("undo", buttons.of_rule("back", rule.id))
    return Reply(title=words("rule.edited"), text="\n".join(lines), buttons=_of_one(words, rule, undo))


def rule_unchanged(words: Words, rule: ShownRule) -> Reply:
    return Reply(text=words("rule.unchanged", rule=_named(words, rule)))


def rule_taken_back(words: Words, rule: ShownRule) -> Reply:
    """An edit was taken back."""
    return Reply(text=words("rule.back", rule=_named(words, rule)), buttons=((_show(words, rule),),))


def rule_set(words: Words, rule: ShownRule, changed: bool = True, removed: bool = False) -> Reply:
    """Paused or active now; `changed` False: it was so already. `removed`: the trader wanted it gone."""
    state = "active" if rule.is_active else "paused"
    text = words(f"rule.{state}" if changed else f"rule.{state}.already", rule=_named(words, rule))
    lines = [text, *([words("rule.removed")] if removed else [])]
    return Reply(text="\n".join(lines), buttons=((_pause_or_resume(words, rule),),))


def rule_moved(words: Words, rule: ShownRule, was: int) -> Reply:
    """`was`: the place it had."""
    key = "rule.moved" if rule.number != was else "rule.moved.already"
    undo = words.button("undo", buttons.move_rule(rule.id, was))
    return Reply(
        text=words(key, number=rule.number, was=was, rule=quoted(rule.text, LONGEST_RULE)),
        buttons=((undo, words.button("rules", buttons.rules_page(1))),) if rule.number != was else (),
    )


def rule_read(words: Words, rule: ShownRule, right: bool) -> Reply:
    """The trader's word on the reading: it counts, or the rule goes to the judge."""
    text = words("rule.right" if right else "rule.wrong", rule=_named(words, rule))
    lines = [text, *([_reading(words, rule)] if right else [words("rule.reword", number=rule.number)])]
    return Reply(text="\n".join(lines), buttons=((_show(words, rule),),))


def rule_proposed(words: Words, rule: ShownRule) -> Reply:
    """The model's idea of a check; nothing counts before the trader confirms it."""
    assert rule.check is not None  # noqa: S101 - a proposal has a check
    lines = [_named(words, rule), words("rule.would", reading=quoted(described(words, rule.check), LONGEST_READING))]
    return Reply(title=words("rule.would.title"), text="\n".join(lines), buttons=(_right_or_wrong(words, rule),))


def rule_asking(words: Words, rule: ShownRule) -> Reply:
    return Reply(text=words("rule.asking", rule=_named(words, rule)))


def rule_unproposed(words: Words, rule: ShownRule, reason: str) -> Reply:
    """No check is proposed for a rule that the trader wanted one for. `reason`: none, failed, spent."""
    again = words.button("check", buttons.of_reading("check", rule.id, rule.digest))
    return Reply(
        text=words(f"rule.unproposed.{reason}", rule=_named(words, rule)),
        buttons=() if reason == "none" else ((again,),),
    )


def rules_unproposed(words: Words, reason: str) -> Reply:
    """The rules of a message were not looked at. `reason`: failed, spent."""
    return Reply(text=words(f"rules.unproposed.{reason}", check=words("button.check")))


def rule_history(words: Words, number: int, versions: Sequence[ShownVersion]) -> Reply:
    """Newest first."""
    lines: list[str] = []
    for version in versions[:MOST_LINES]:
        since = words.day(version.since.astimezone(words.view.zone).date())
        line = words("rule.version", version=version.version, since=since, rule=quoted(version.text, LONGEST_RULE))
        lines += [line, f"   {_figures(words, version.record)}"]
    return Reply(title=words("rule.history", number=number), text="\n".join(lines))


# ---- what could not be done


def rules_how(words: Words, asked: str, text: str = "") -> Reply:
    """How a command is written. `asked`: add, edit, pause, resume, move, history, show or unknown; `text`: what came
    instead, where it may be a rule."""
    if asked == "unknown" and text:
        return Reply(text="\n".join([words("rules.how.unknown", text=quoted(text, LONGEST_RULE)), words("rules.how")]))
    return Reply(text=words(f"rules.how.{asked}") if asked != "unknown" else words("rules.how"))


def no_such_rule(words: Words, number: int, count: int) -> Reply:
    return Reply(text=words.counted("no_such_rule", count, number=number) if count else words("no_rules"))


def rule_gone(words: Words) -> Reply:
    """A button of a rule that was changed or deleted since."""
    return Reply(text=words("rule_gone"), buttons=((words.button("rules", buttons.rules_page(1)),),))


def rules_full(words: Words, most: int) -> Reply:
    return Reply(text=words("rules_full", most=most), buttons=((words.button("rules", buttons.rules_page(1)),),))


def rule_too_long(words: Words, count: int, most: int) -> Reply:
    return Reply(text=words("rule_too_long", count=count, most=most))


def rule_known(words: Words, rule: ShownRule) -> Reply:
    """Another rule says the same already."""
    return Reply(text=_known(words, rule), buttons=((_show(words, rule),),))
