"""Who may use the sandbox page: a browser on this machine that was sent there by its own address.

Loopback alone is no protection: any web site can send this machine's browser to http://127.0.0.1. So beside the
socket's peer, Host has to be one of loopback's names (else a name that was pointed at 127.0.0.1 after it was looked up
would do), Origin, where there is one, has to be the page's own, and whatever changes something has to have it.
"""

import re
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.server import is_loopback

HOST: Final = re.compile(r"(?:127\.0\.0\.1|localhost|\[::1\])(?::[0-9]{1,5})?", re.IGNORECASE)
READS: Final = frozenset({"GET", "HEAD"})
SAME_SITE: Final = frozenset({"same-origin", "none"})
"""Sec-Fetch-Site of the page's own requests, and of an address that was typed."""
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
    ),
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def guarded(handler: Handler) -> Handler:
    """The handler for those who may; others learn what any stranger learns."""

    async def guard(request: web.Request) -> web.StreamResponse:
        if not is_loopback(request):
            raise web.HTTPNotFound(text="not found")
        if not is_own(request):
            raise web.HTTPForbidden(text="forbidden: a link elsewhere does not open this page, typing its address does")
        response = await handler(request)
        if not response.prepared:
            response.headers.update(HEADERS)
        return response

    return guard


def is_own(request: web.Request) -> bool:
    """Whether a browser of this machine sends it from the page, or to it by its address."""
    hosts = request.headers.getall("Host", [])
    if not is_loopback(request) or len(hosts) != 1 or not HOST.fullmatch(hosts[0]):
        return False
    if request.headers.get("Sec-Fetch-Site", "none") not in SAME_SITE:
        return False
    origins = request.headers.getall("Origin", [])
    return all(origin == f"http://{hosts[0]}" for origin in origins) and (bool(origins) or request.method in READS)
