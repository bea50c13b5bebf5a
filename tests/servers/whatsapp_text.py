"""What WhatsApp makes of a text: its marks (faq.whatsapp.com/539178204879377), as a reader sees them.

A pair of marks formats what stands between when it begins after, and ends before, a border of a word, and touches no
space inside; nothing formats across lines. Zero-width characters are not shown.
"""

import re

_STYLES = {"*": "bold", "_": "italic", "~": "strike", "`": "code"}
_PAIR = re.compile(
    r"(?<![\w\u200b])([*_~])(?![\s\u200b*_~])([^\n]*?)(?<![\s\u200b])\1(?![\w\u200b])|(`)([^\n`\u200b]+)`"
)
_LINES = (
    (re.compile(r"^> ?", re.M), "quote"),
    (re.compile(r"^[-*] ", re.M), "list"),
    (re.compile(r"^\d+\. ", re.M), "list"),
)


def shown(text: str) -> tuple[str, list[tuple[str, str]]]:
    """The visible text, and what is formatted in it: (style, text)."""
    formatted = [(style, "") for pattern, style in _LINES if pattern.search(text)]

    def style(found: re.Match[str]) -> str:
        mark, inside = (found[1], found[2]) if found[1] else (found[3], found[4])
        formatted.append((_STYLES[mark], inside.replace("\u200b", "")))
        return inside

    return _PAIR.sub(style, text).replace("\u200b", ""), formatted
