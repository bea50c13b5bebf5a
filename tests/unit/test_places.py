"""Where a trader is: cities, regions, positions, and what is none."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.introducing import zone_told
from bot.texts.buttons import Command
from bot.trading.day import place_of, zone_named, zone_said
from bot.trading.places import FAR_LARGER, MOST_OFFERED, zone_at, zones_of
from statemachine.message import Place


@pytest.mark.parametrize(
    ("said", "zone"),
    [
        ("Berlin", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("ET", "America/New_York"),
        ("America/New_York", "America/New_York"),
        ("München", "Europe/Berlin"),
        ("munich", "Europe/Berlin"),
        ("San Francisco", "America/Los_Angeles"),
        ("Miami!", "America/New_York"),
        ("portland, oregon", "America/Los_Angeles"),
        ("Portland ME", "America/New_York"),
        ("Birmingham, UK", "Europe/London"),
        ("germany", "Europe/Berlin"),
        ("california", "America/Los_Angeles"),
        ("bombay", "Asia/Kolkata"),
        ("Washington, D.C.", "America/New_York"),
        ("N.Y.", "America/New_York"),
        ("LA", "America/Los_Angeles"),
        ("florida", "America/New_York"),
        ("koeln", "Europe/Berlin"),
        ("Moscú", "Europe/Moscow"),
        ("Genève", "Europe/Zurich"),
        ("Österreich", "Europe/Vienna"),
        ("Nova Iorque", "America/New_York"),
        ("bali", "Asia/Makassar"),
        ("Zulu", "Zulu"),
    ],
)
def test_a_clear_place(said: str, zone: str) -> None:
    assert [city.zone for city in zones_of(said)] == [zone]


@pytest.mark.parametrize(
    "said",
    ["portland", "birmingham", "valencia", "san jose", "georgia", "usa", "brazil", "Brasil", "san juan", "washington"],
)
def test_a_place_that_is_several_is_asked_about(said: str) -> None:
    found = zones_of(said)
    assert 1 < len(found) <= MOST_OFFERED
    assert len({city.zone for city in found}) == len(found)
    assert all(city.thousands * FAR_LARGER > found[0].thousands for city in found)


@pytest.mark.parametrize(
    "said",
    [
        "",
        " ",
        "?",
        "a",
        "11",
        "|;",
        "москва",
        "Mars",
        "Mars/Phobos",
        "gmt+2",
        "UTC-5",
        "+2",
        "../etc/passwd",
        "x" * 9_999,
    ],
)
def test_what_is_no_place(said: str) -> None:
    assert zones_of(said) == ()


def test_a_ships_zone_is_told_as_people_count() -> None:
    assert [place_of(key) for key in ("Etc/GMT+5", "Etc/GMT-12", "Etc/GMT", "America/New_York")] == [
        "UTC-5",
        "UTC+12",
        "GMT",
        "New York",
    ]


def test_an_offset_is_never_taken_with_its_sign_turned_round() -> None:
    assert zone_said("gmt+5") is None


@given(st.text(max_size=200))
def test_whatever_is_said_gives_zones_that_there_are(said: str) -> None:
    assert all(zone_named(city.zone) is not None for city in zones_of(said))


@pytest.mark.parametrize(
    ("latitude", "longitude", "zone"),
    [(50.11, 8.68, "Europe/Berlin"), (40.7, -74.0, "America/New_York"), (-33.9, 151.2, "Australia/Sydney")],
)
def test_a_position(latitude: float, longitude: float, zone: str) -> None:
    found = zone_at(Place(latitude, longitude))
    assert found is not None
    assert found.key == zone


@pytest.mark.parametrize("place", [(91, 0), (-91, 0), (0, 181), (math.nan, 0), (0, math.inf)])
def test_a_position_that_is_none(place: tuple[float, float]) -> None:
    assert zone_at(Place(*place)) is None


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_every_position_has_a_zone(latitude: float, longitude: float) -> None:
    assert zone_at(Place(latitude, longitude)) is not None


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("I'm in New York", "New York"),
        ("i’m in berlin now.", "berlin"),
        ("I moved to Tokyo", "Tokyo"),
        ("my time zone is Chicago", "Chicago"),
        ("set my timezone to Mars", "Mars"),
        ("estoy en Ciudad de México", "Ciudad de México"),
        ("Ich wohne jetzt in München!", "München"),
        ("moro no Rio de Janeiro", "Rio de Janeiro"),
        ("j’habite à Lyon", "Lyon"),
        ("mi zona horaria es Madrid", "Madrid"),
        ("meine Zeitzone ist Marte", "Marte"),
        ("meu fuso horário é Lisboa", "Lisboa"),
        ("mon fuseau est Paris", "Paris"),
    ],
)
def test_a_zone_in_the_traders_words(text: str, place: str) -> None:
    assert zone_told(text) == Command("settings", f"zone {place}")


@pytest.mark.parametrize(
    "text",
    [
        "i'm in gold",
        "i am in profit",
        "im in",
        "I'm in trouble",
        "ich bin in Gold",
        "estoy en racha",
        "je suis fatigué",
        "what time zone am i in",
        "berlin",
        "i'm in 2 es",
    ],
)
def test_what_tells_no_zone(text: str) -> None:
    assert zone_told(text) is None
