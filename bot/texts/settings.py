"""What /settings shows, and what it answers to a choice."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot.accounts import Account
from bot.reminding.wishes import KINDS, WEEKDAYS, Kind, Wishes, wishes_of
from bot.texts import buttons
from bot.texts.accounts import account_line
from bot.texts.catalogue import language_of
from bot.texts.layout import rows_of
from bot.texts.reminding import paused
from bot.texts.words import Words, quoted
from bot.trading.day import place_of
from bot.trading.places import City
from statemachine.message import Button, Reply

CITIES: Final = ("America/New_York", "America/Chicago", "Europe/London", "Europe/Berlin")
"""Where most prop traders sit; anybody else writes their city."""
CURRENCIES: Final = ("USD", "EUR", "GBP")
DAY_STARTS: Final = (
    ("futures", "18:00+America/New_York"),
    ("forex", "17:00+America/New_York"),
    ("cet", "midnight+Europe/Berlin"),
)
"""Where a trading day starts, by what is traded."""
LONGEST_SAID: Final = 40


def settings(words: Words, account: Account, preferences: Mapping[str, Any]) -> Reply:
    """All there is on one screen, and a way to each."""
    auto, pictures = preferences.get("auto_confirm") is True, account.wants_pictures
    lines = [
        words("settings.zone", zone=place_of(account.zone.key), time=_time(words, account.zone)),
        words("settings.language", language=words(f"language.{language_of(words.view.locale)}")),
        words(f"settings.screenshots.{_switch(pictures)}"),
        words(f"settings.auto_confirm.{_switch(auto)}"),
        words("settings.messages", told=_told(words, wishes_of(preferences))),
        account_line(words, account),
        "",
        words("example", example="/settings zone berlin"),
    ]
    pages = [_page(words, name) for name in ("zone", "language", "account", "limits", "messages")]
    switches = [
        words.button(f"settings.screenshots.{_switch(not pictures)}", _set("screenshots", _switch(not pictures))),
        words.button(f"settings.auto_confirm.{_switch(not auto)}", _set("autoconfirm", _switch(not auto))),
    ]
    rows = (*rows_of(pages[:3]), *rows_of(pages[3:]), *rows_of(switches))
    return Reply(title=words("settings.title"), text="\n".join(lines), buttons=rows)


def _page(words: Words, name: str) -> Button:
    return words.button(f"settings.{name}", buttons.setting(name))


def _set(name: str, value: str) -> str:
    return buttons.setting(f"{name}:{value}")


def _switch(on: bool) -> str:
    return "on" if on else "off"


def _time(words: Words, zone: ZoneInfo) -> str:
    return f"{words.view.now.astimezone(zone):%H:%M}"


def _told(words: Words, wishes: Wishes) -> str:
    """summary 21:00, digest Sunday and streak."""
    names = [_notice(words, kind, wishes) for kind in KINDS if kind in wishes.kinds]
    return words.listed(names) if names else words("settings.nothing")


def _notice(words: Words, notice: Kind, wishes: Wishes) -> str:
    at = f"{wishes.summary_time:%H:%M}"
    return words(f"notice.{notice}", time=at, day=words(f"weekday.{WEEKDAYS[wishes.digest_day]}"))


def settings_refused(words: Words, reason: str, example: str) -> Reply:
    return Reply(text="\n".join([words(f"settings.no.{reason}"), words("example", example=example)]))


# ---- where


def zone_buttons() -> list[Button]:
    return [Button(place_of(zone), _set("zone", zone)) for zone in CITIES]


def settings_zone(words: Words, zone: ZoneInfo) -> Reply:
    lines = [words("settings.zone", zone=place_of(zone.key), time=_time(words, zone)), words("zone.how")]
    return Reply(text="\n".join(lines), buttons=rows_of(zone_buttons(), 2))


def zone_set(words: Words, zone: str, before: str | None) -> Reply:
    here = ZoneInfo(zone)
    text = words("zone.set", zone=place_of(zone), time=_time(words, here))
    if before is None:
        return Reply(text=text)
    back = words.button("zone.back", _set("zone", before), zone=place_of(before))
    return Reply(text=f"{text}\n{words('zone.kept')}", buttons=((back,),))


def zone_unclear(words: Words, said: str, cities: Sequence[City]) -> Reply:
    """A button for each; where there are none, what to write."""
    lines = [words("zone.unclear", said=quoted(said, LONGEST_SAID))]
    lines += [words("zone.unclear.line", city=_city(city), zone=city.zone) for city in cities]
    return Reply(
        text="\n".join(lines),
        buttons=rows_of([Button(_city(city), _set("zone", city.zone)) for city in cities], 2),
    )


def _city(city: City) -> str:
    """Portland, OR."""
    return ", ".join(filter(None, (city.name, city.region.removeprefix("US-"))))


def zone_unknown(words: Words, said: str, offset: bool) -> Reply:
    text = words("zone.offset") if offset else words("zone.unknown", said=quoted(said, LONGEST_SAID))
    return Reply(text="\n".join([text, words("example", example="/settings zone berlin")]))


# ---- how


def settings_language(words: Words, languages: Sequence[str], unknown: bool) -> Reply:
    spoken = words.listed([words(f"language.{code}") for code in languages])
    lines = [*([words("language.unknown")] if unknown else []), words("language.which", languages=spoken)]
    row = [Button(words(f"language.{code}"), _set("language", code)) for code in languages]
    return Reply(text="\n".join(lines), buttons=rows_of(row, 3))


def language_set(words: Words, language: str | None) -> Reply:
    if language is None:
        return Reply(text=words("language.auto"))
    return Reply(text=words("language.set", language=words(f"language.{language}")))


def screenshots_set(words: Words, on: bool) -> Reply:
    other = words.button(f"settings.screenshots.{_switch(not on)}", _set("screenshots", _switch(not on)))
    return Reply(text=words(f"screenshots.{_switch(on)}"), buttons=((other,),))


def auto_confirm_set(words: Words, on: bool) -> Reply:
    other = words.button(f"settings.auto_confirm.{_switch(not on)}", _set("autoconfirm", _switch(not on)))
    return Reply(text=words(f"auto_confirm.{_switch(on)}"), buttons=((other,),))


def auto_confirm_offer(words: Words) -> Reply:
    """Once, after the first trades."""
    row = (
        words.button("settings.auto_confirm.on", _set("autoconfirm", "on")),
        words.button("settings.screenshots.off", _set("screenshots", "off")),
        words.button("auto_confirm.no", _set("autoconfirm", "off")),
    )
    return Reply(text=words("auto_confirm.offer"), buttons=(row,))


# ---- what is told


def settings_messages(words: Words, wishes: Wishes, changed: bool) -> Reply:
    today = words.view.now.astimezone(words.view.zone).date()
    lines = [paused(words, wishes.paused_until).text, ""] if wishes.paused_on(today) else []
    lines += [
        words(
            "messages.line",
            name=_notice(words, kind, wishes),
            state=words(f"state.{_switch(kind in wishes.kinds)}"),
        )
        for kind in KINDS
    ]
    quiet = wishes.quiet
    lines.append(
        words("messages.quiet", begin=f"{quiet.start:%H:%M}", end=f"{quiet.end:%H:%M}")
        if quiet
        else words("messages.loud")
    )
    lines.append(words(f"messages.news.{_switch(wishes.announcements)}"))
    lines += ["", words("example", example="/settings summary 21:30"), words("messages.examples")]
    toggles = [
        words.button(f"messages.{_switch(kind not in wishes.kinds)}", _set(kind, _switch(kind not in wishes.kinds)),
                     name=words(f"notice.name.{kind}"))
        for kind in KINDS
    ]  # fmt: skip
    return Reply(
        title=words("messages.changed" if changed else "messages.title"),
        text="\n".join(lines),
        buttons=rows_of(toggles, 3),
    )


# ---- the account


def settings_account(words: Words, account: Account) -> Reply:
    lines = [account_line(words, account), words("settings.account.how")]
    return Reply(
        text="\n".join(lines),
        buttons=(*rows_of(day_start_buttons(words, account), 2), *rows_of(_currencies(account))),
    )


def _currencies(account: Account) -> list[Button]:
    return [Button(code, _set("currency", code)) for code in CURRENCIES if code != account.currency]


def day_start_buttons(words: Words, account: Account) -> list[Button]:
    local = ("local", f"midnight+{account.zone.key}")
    return [words.button(f"day_start.{name}", _set("start", value)) for name, value in (*DAY_STARTS, local)]
