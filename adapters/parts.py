"""Long texts in parts, for platforms that limit a message."""


def units(text: str) -> int:
    """Its length as the platforms count: UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def split(text: str, first: int, later: int) -> list[str]:
    """`text` in parts of at most `first`, then `later` UTF-16 code units, cut at a line's end, else at a space.

    Parts lose the white space at their ends: Telegram drops it and refuses a message made of nothing else.
    """
    parts: list[str] = []
    rest = text.strip()
    while rest:
        end = _cut(rest, later if parts else first)
        parts.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return parts


def _cut(text: str, limit: int) -> int:
    encoded = text.encode("utf-16-le", "surrogatepass")
    if len(encoded) <= 2 * limit:
        return len(text)
    # Decoding without errors drops the half of a surrogate pair that the limit may have left.
    end = len(encoded[: 2 * limit].decode("utf-16-le", "ignore"))
    for border in ("\n", " "):
        at = text.rfind(border, 0, end + 1)
        if at > 0:
            return at
    return end
