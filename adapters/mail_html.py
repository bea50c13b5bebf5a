"""An HTML body as text: the words, without scripts, styles and what the main mail programs mark as quoted."""

import re
from typing import Final

from lxml import etree  # type: ignore[import-untyped]

LONGEST_HTML: Final = 1_000_000

_BLOCKS = frozenset(
    (
        *("address", "article", "blockquote", "body", "center", "dd", "div", "dl", "dt", "footer", "form", "header"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tbody"),
        *("tfoot", "thead", "tr", "ul"),
    )
)
_SILENT = frozenset(("head", "script", "style", "title", "noscript", "template", "object", "svg"))
_QUOTING = re.compile(
    r"(?:^|\s)(?:gmail_quote(?:_container)?|gmail_extra_quote|yahoo_quoted|moz-cite-prefix|protonmail_quote|tutanota_quote|"
    r"gmail_signature|gmail_attr)(?:\s|$)"
)
_QUOTING_IDS = frozenset(
    (
        "divRplyFwdMsg",
        "appendonsend",
        "mail-editor-reference-message-container",
        "ms-outlook-mobile-signature",
        "Signature",
    )
)


def text_of_html(html: str) -> tuple[str, frozenset[str]]:
    """The words of an HTML body without its marked quotes, and the Content-IDs of the pictures outside them."""
    parser = etree.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, recover=True, huge_tree=False)
    try:
        root = etree.fromstring(html[:LONGEST_HTML].encode("utf-8", "ignore"), parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None:
        return "", frozenset()
    out: list[str] = []
    pictures: set[str] = set()
    silent = 0
    cut = False
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            hidden = tag in _SILENT or _quotes(element)
            cut = cut or (element.get("id") in ("divRplyFwdMsg", "appendonsend") and not silent)
            if silent or hidden:
                silent += 1
                continue
            _open(tag, element, out, pictures if not cut else set(), cut=cut)
        else:
            if silent:
                silent -= 1
            elif tag in _BLOCKS and not cut:
                out.append("\n")
            if not silent and not cut and element.tail:
                out.append(_spaced(element.tail))
    text = re.sub(r"[ \t]*\n[ \t]*", "\n", "".join(out))
    return re.sub(r"\n{3,}", "\n\n", text).strip(), frozenset(pictures)


def _open(tag: str, element: etree._Element, out: list[str], pictures: set[str], *, cut: bool) -> None:
    if cut:
        return
    if tag == "br" or (tag in _BLOCKS and out and not out[-1].endswith("\n")):
        out.append("\n")
    elif tag in ("td", "th"):
        out.append(" ")
    elif tag == "img" and (source := element.get("src") or "").lower().startswith("cid:"):
        pictures.add(source[4:])
    if element.text:
        out.append(element.text if tag == "pre" else _spaced(element.text))


def _quotes(element: etree._Element) -> bool:
    if element.tag == "blockquote" and element.get("type") == "cite":
        return True
    return bool(_QUOTING.search(element.get("class") or "")) or element.get("id") in _QUOTING_IDS


def _spaced(text: str) -> str:
    return re.sub(r"[ \t\r\n]+", " ", text)
