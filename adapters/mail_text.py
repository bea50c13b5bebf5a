"""What the person wrote: a mail's text without what it quotes, and without signatures.

quotequail knows the quotes of the main mail programs. Around it are the forms it does not know, a guard for reports
that look like a mail's header ("from: 18250 / to: 18290"), the signature rule, and bounds: its patterns take cubic
time on a long line, and quadratic time on many lines that look like headers.
"""

import re
from typing import Final

import quotequail  # type: ignore[import-untyped]

LONGEST_TEXT: Final = 20_000
MOST_LINES: Final = 600
LONGEST_LINE: Final = 300

FORWARDED: Final = re.compile(r"\s*(?:fwd?|wg|rv|tr|enc|rif|i)\s*:", re.IGNORECASE)
"""How mail programs mark a forwarded mail's subject in our five languages."""
PREFIX: Final = re.compile(r"\s*(?:re|aw|sv|antw|res|rép|ref|fwd?|wg|rv|tr|enc)\s*(?:\[\d+\])?\s*:\s*", re.IGNORECASE)

# Intros of quotes, and separators, that quotequail does not know; it takes the first as the ones it does.
_INTRO = re.compile(
    r"(?:"
    r"(?:A|No dia|Em|Na|Nos) .{4,200}(?:escreveu|escreveram)(?: .{0,60})?:"  # Portuguese
    r"|.{1,200}<[^<>\s]+@[^<>\s]+>\)? (?:escreveu|wrote|schrieb|escribió|a écrit)(?: .{0,80})? ?:"
    r"|(?:On|Am|Le|El) .{4,200}(?:wrote|schrieb(?: .{1,120})?|a écrit|escribió) ?:"
    r")"
)
_SEPARATOR = re.compile(
    r"-{2,}\s*(?:Message d[’']origine|Mensagem [oO]riginal|Mensaje [oO]riginal|Original [mM]essage|"
    r"Urspr(?:ü|ue)ngliche (?:Nachricht|Mail)|Mensagem encaminhada|Message d'origine)\s*-{2,}"
    r"|_{20,}"
)
_SIGNATURE = re.compile(
    r"(?:"
    r"--|—|__"
    r"|(?:sent|get|von|gesendet|envoyé|télécharger|obtenir|enviado|obtener|obter|obtenha|descarga|holen)\b.{0,60}"
    r"\b(?:iphone|ipad|outlook|android\S*|galaxy|samsung|huawei|xiaomi|smartphone|handy|teléfono|móvil|mobile|telemóvel|celular|"
    r"yahoo mail|proton ?mail|gmx|web\.de|mail|mailbird|spark|blackberry|windows|phone)\b.{0,40}"
    r"|outlook für (?:ios|android) (?:herunterladen|beziehen)"
    r"|diese nachricht wurde von meinem .{1,60} gesendet\.?"
    r")",
    re.IGNORECASE,
)
_HEADER_FROM = re.compile(r"\*?(?:from|von|de)\s*:\*?\s*\S.*", re.IGNORECASE)
_QUOTED_HEADER = re.compile(
    r"-{3,}.*|_{3,}|\*?[\w ]{2,20} ?:\*? .*@.*|"
    r"\*?(?:date|datum|fecha|data|sent|subject|betreff|asunto|objet|assunto)\s*:.*",
    re.IGNORECASE,
)
_HEADER_SUBJECT = re.compile(r"\*?(?:subject|betreff|asunto|objet|assunto)\s*:", re.IGNORECASE)


def written(text: str, *, forwarded: bool = False) -> str:
    """The person's own words in a plain-text body; empty where there are none.

    `forwarded`: the subject says so. Then, where nothing was added, what was forwarded is what the person says.
    """
    lines = [_tidy(line) for line in text[:LONGEST_TEXT].splitlines()][:MOST_LINES]
    own, rest = _parted(lines)
    own = _without_signature(own)
    if not own and forwarded:
        own = _without_signature([line for line in rest if not _QUOTED_HEADER.match(line)])
    return "\n".join(own).strip()


def _tidy(line: str) -> str:
    return line.replace("\u00a0", " ").replace("\u202f", " ").replace("\u200b", "").replace("\ufeff", "").rstrip()


def _parted(lines: list[str]) -> tuple[list[str], list[str]]:
    """What is above (or, for want of that, below) the quote, and the quote."""
    kept = {f"\ue000{number}\ue001": line for number, line in enumerate(lines) if len(line) > LONGEST_LINE}
    shown = [f"\ue000{number}\ue001" if len(line) > LONGEST_LINE else line for number, line in enumerate(lines)]

    def back(part: str | None) -> list[str]:
        return [kept.get(line, line) for line in (part or "").split("\n")] if part else []

    found = quotequail.unwrap("\n".join(shown))
    if found and found["type"] == "forward" and not _is_header_block(shown):
        found = None
    above = back(found.get("text_top")) if found else [kept.get(line, line) for line in shown]
    above, quoted = _cut_by_hand(above)
    if found is None:
        return above, quoted
    below = [line for line in back(found.get("text_bottom")) if not line.startswith(">")]
    if not any(_without_signature(above)):
        above = _cut_by_hand(below)[0]
    return above, quoted + back(found.get("text"))


def _is_header_block(lines: list[str]) -> bool:
    """A separator, or From with a name or address and a subject near it: not a report with "from: 18250"."""
    for number, line in enumerate(lines):
        near = lines[number : number + 8]
        if _HEADER_FROM.match(line) and ("@" in line or any(_HEADER_SUBJECT.match(other) for other in near)):
            return True
        if _SEPARATOR.fullmatch(line.strip()) or re.match(
            r"---+ ?\w.*|.*(?:forwarded|weitergeleitet|réexpédié|reenviado)", line
        ):
            return True
    return False


def _cut_by_hand(lines: list[str]) -> tuple[list[str], list[str]]:
    for number, line in enumerate(lines):
        if len(line) > LONGEST_LINE:
            continue
        if _SEPARATOR.fullmatch(line.strip()):
            return lines[:number], lines[number:]
        if any(_is_intro(lines[number : number + width]) and _followed(lines[number + width :]) for width in (1, 2, 3)):
            return lines[:number], lines[number:]
    end = len(lines)
    while end and (lines[end - 1].startswith(">") or not lines[end - 1].strip()):
        end -= 1
    # One or two quoted lines at the end; a wrapped report's "> 18290" stands right below its line.
    quotes = any(line.startswith(">") for line in lines[end:])
    if quotes and (end == 0 or end == len(lines) or not lines[end].strip()):
        return lines[:end], lines[end:]
    return lines, []


def _is_intro(lines: list[str]) -> bool:
    """An intro, wrapped over all of these lines: no blank among them, and not an intro below something else."""
    joined = " ".join(line.strip("> ") for line in lines).strip()
    return (
        len(joined) <= LONGEST_LINE
        and all(line.strip("> ") for line in lines)
        and _INTRO.fullmatch(joined) is not None
        and not any(_is_intro(lines[start:]) for start in range(1, len(lines)))
    )


def _followed(rest: list[str]) -> bool:
    """Something stands below an intro, or nothing at all: it is not the middle of what somebody tells."""
    following = [line for line in rest if line.strip()]
    return not following or following[0].startswith(">") or len(rest) - len(following) > 0 or len(following) > 2


def _without_signature(lines: list[str]) -> list[str]:
    for number, line in enumerate(lines):
        if len(line) <= 120 and _SIGNATURE.fullmatch(line.strip()) and _is_signature(lines, number):
            lines = lines[:number]
            break
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    return lines


def _is_signature(lines: list[str], number: int) -> bool:
    """A phone's line stands at the end; below a delimiter anything may follow."""
    stripped = lines[number].strip()
    following = sum(1 for line in lines[number + 1 :] if line.strip())
    return following <= 12 if stripped in ("--", "—", "__") else following <= 2


def unflowed(text: str, *, delsp: bool) -> str:
    """Lines of format=flowed put together again (RFC 3676): one that ends with a space goes on in the next."""
    lines: list[str] = []
    open_line = False
    for line in text.splitlines():
        body = line[1:] if line.startswith(" ") else line
        if open_line and not line.startswith(">"):
            lines[-1] += body
        else:
            lines.append(body)
        open_line = body.endswith(" ") and body != "-- " and not line.startswith(">")
        if open_line and delsp:
            lines[-1] = lines[-1][:-1]
    return "\n".join(lines)
