"""Telegram's HTML, as strict as the platform: what it shows, where it is styled, and what it refuses."""

import re

_TOKEN = re.compile(
    r"<(?P<end>/?)(?P<tag>[A-Za-z][A-Za-z0-9-]*)[^<>]*>|&(?P<escape>#x?[0-9A-Fa-f]+|lt|gt|amp|quot);|(?P<open><)"
)
_STYLES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "s": "strikethrough",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}

Entity = dict[str, str | int]


def units(text: str) -> int:
    """Length in UTF-16 code units, the way Telegram counts."""
    return len(text.encode("utf-16-le")) // 2


def parse(source: str) -> tuple[str, list[Entity]]:
    """The text as shown, trimmed, and its entities. Raises ValueError with Telegram's words."""
    shown, at = "", 0
    stack: list[tuple[str, int]] = []
    entities: list[Entity] = []
    for token in _TOKEN.finditer(source):
        shown += source[at : token.start()]
        at = token.end()
        if token["escape"]:
            shown += _character(token["escape"])
        elif token["open"]:
            raise ValueError(f"Unclosed start tag at byte offset {_bytes(source, token)}")
        elif token["end"]:
            entities.append(_closed(token["tag"].lower(), stack, shown, _bytes(source, token)))
        elif token["tag"].lower() in _STYLES:
            stack.append((token["tag"].lower(), units(shown)))
        else:
            raise ValueError(f'Unsupported start tag "{token["tag"]}" at byte offset {_bytes(source, token)}')
    if stack:
        raise ValueError(f'Can\'t find end tag corresponding to start tag "{stack[-1][0]}"')
    return _trimmed(shown + source[at:], entities)


def _bytes(source: str, token: re.Match[str]) -> int:
    return len(source[: token.start()].encode())


def _character(escape: str) -> str:
    if escape.startswith("#x"):
        return chr(int(escape[2:], 16))
    return chr(int(escape[1:])) if escape.startswith("#") else _NAMED[escape]


def _closed(tag: str, stack: list[tuple[str, int]], shown: str, offset: int) -> Entity:
    if not stack:
        raise ValueError(f"Unexpected end tag at byte offset {offset}")
    opened, start = stack.pop()
    if opened != tag:
        raise ValueError(f'Unmatched end tag at byte offset {offset}, expected "</{opened}>", found "</{tag}>"')
    return {"type": _STYLES[tag], "offset": start, "length": units(shown) - start}


def _trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    skipped = units(text) - units(text.lstrip())
    text = text.strip()
    moved = []
    for entity in entities:
        start = max(int(entity["offset"]) - skipped, 0)
        end = min(int(entity["offset"]) - skipped + int(entity["length"]), units(text))
        if end > start:
            moved.append({**entity, "offset": start, "length": end - start})
    return text, moved
