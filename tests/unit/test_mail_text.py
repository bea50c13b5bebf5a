"""What a person wrote, out of what the main mail programs send, in the five languages of the journal."""

import time

import pytest

from adapters.mail_html import text_of_html
from adapters.mail_text import unflowed, written
from adapters.mail_wire import bare_subject

SAID = "long 2 nq 18250 > 18290 stop 18230\n\nfelt rushed"
QUOTED = "\n".join(f"> {line}" for line in ("Is this right?", "Long 2 NQ", "", "[1] Confirm", "[2] Cancel"))
PLAIN = "Is this right?\nLong 2 NQ\n\n[1] Confirm\n[2] Cancel"

# Program and language, and what it puts below the person's words.
BELOW = {
    "gmail en": f"\n\nOn Thu, Nov 26, 2026 at 10:12 AM Vigil <journal@vigil.test> wrote:\n\n{QUOTED}\n",
    "gmail en, wrapped": "\n\nOn Thu, Nov 26, 2026 at 10:12 AM The Journal of the Traders of Vigil <\n"
    f"journal@vigil.test> wrote:\n\n{QUOTED}\n",
    "gmail en, wrapped twice": "\n\nOn Thu, Nov 26, 2026 at 10:12 AM The Long Named Journal of the\n"
    f"Traders of Vigil and of Others <\njournal@vigil.test> wrote:\n\n{QUOTED}\n",
    "gmail de": f"\n\nAm Do., 26. Nov. 2026 um 10:12 Uhr schrieb Vigil <journal@vigil.test>:\n\n{QUOTED}\n",
    "gmail es": f"\n\nEl jue, 26 nov 2026 a las 10:12, Vigil (<journal@vigil.test>) escribió:\n\n{QUOTED}\n",
    "gmail fr": f"\n\nLe jeu. 26 nov. 2026 à 10:12, Vigil <journal@vigil.test> a écrit :\n\n{QUOTED}\n",
    "gmail fr, no-break space": f"\n\nLe jeu. 26 nov. 2026 à 10:12, Vigil <journal@vigil.test> a "
    f"écrit\u00a0:\n\n{QUOTED}\n",
    "gmail pt-br": f"\n\nEm qui., 26 de nov. de 2026 às 10:12, Vigil <journal@vigil.test> escreveu:\n\n{QUOTED}\n",
    "gmail pt-pt": f"\n\nVigil <journal@vigil.test> escreveu (quinta, 26/11/2026 à(s) 10:12):\n\n{QUOTED}\n",
    "apple en": f"\n\n> On 26 Nov 2026, at 10:12, Vigil <journal@vigil.test> wrote:\n> \n{QUOTED}\n",
    "apple de": f"\n\n> Am 26.11.2026 um 10:12 schrieb Vigil <journal@vigil.test>:\n> \n{QUOTED}\n",
    "apple es": f"\n\n> El 26 nov 2026, a las 10:12, Vigil <journal@vigil.test> escribió:\n> \n{QUOTED}\n",
    "apple fr": f"\n\n> Le 26 nov. 2026 à 10:12, Vigil <journal@vigil.test> a écrit :\n> \n{QUOTED}\n",
    "apple pt-br": f"\n\n> Em 26 de nov. de 2026, à(s) 10:12, Vigil <journal@vigil.test> escreveu:\n> \n{QUOTED}\n",
    "apple pt-pt": f"\n\n> A 26/11/2026, às 10:12, Vigil <journal@vigil.test> escreveu:\n> \n{QUOTED}\n",
    "iphone en": "\n\nSent from my iPhone\n\n"
    f"> On 26 Nov 2026, at 10:12, Vigil <journal@vigil.test> wrote:\n> \n> \ufeff{PLAIN.splitlines()[0]}\n{QUOTED}\n",
    "iphone de": "\n\nVon meinem iPhone gesendet\n\n"
    f"> Am 26.11.2026 um 10:12 schrieb Vigil <journal@vigil.test>:\n>\n{QUOTED}\n",
    "iphone es": "\n\nEnviado desde mi iPhone\n\n"
    f"> El 26 nov 2026, a las 10:12, Vigil <journal@vigil.test> escribió:\n>\n{QUOTED}\n",
    "iphone fr": "\n\nEnvoyé de mon iPhone\n\n> Le 26 nov. 2026 à 10:12, Vigil <journal@vigil.test> a écrit :\n"
    f">\n{QUOTED}\n",
    "iphone pt": "\n\nEnviado do meu iPhone\n\n"
    f"> Em 26 de nov. de 2026, à(s) 10:12, Vigil <journal@vigil.test> escreveu:\n>\n{QUOTED}\n",
    "outlook en": "\n\n________________________________\nFrom: Vigil <journal@vigil.test>\n"
    "Sent: Thursday, November 26, 2026 10:12 AM\nTo: Ann <ann@example.com>\n"
    f"Subject: Is this right?\n\n{PLAIN}\n",
    "outlook en, classic": "\n\n-----Original Message-----\nFrom: Vigil <journal@vigil.test> \n"
    "Sent: Thursday, November 26, 2026 10:12 AM\nTo: ann@example.com\nSubject: Is this right?\n\n"
    f"{PLAIN}\n",
    "outlook en, no line": "\n\nFrom: Vigil <journal@vigil.test>\nSent: Thursday, November 26, 2026 10:12 AM\n"
    f"To: Ann <ann@example.com>\nSubject: Is this right?\n\n{PLAIN}\n",
    "outlook de": "\n\n________________________________\nVon: Vigil <journal@vigil.test>\n"
    "Gesendet: Donnerstag, 26. November 2026 10:12\nAn: Ann <ann@example.com>\n"
    f"Betreff: Is this right?\n\n{PLAIN}\n",
    "outlook de, classic": "\n\n-----Ursprüngliche Nachricht-----\nVon: Vigil <journal@vigil.test> \n"
    "Gesendet: Donnerstag, 26. November 2026 10:12\nAn: ann@example.com\nBetreff: Is this right?\n\n"
    f"{PLAIN}\n",
    "outlook es": "\n\n________________________________\nDe: Vigil <journal@vigil.test>\n"
    "Enviado: jueves, 26 de noviembre de 2026 10:12\nPara: Ann <ann@example.com>\n"
    f"Asunto: Is this right?\n\n{PLAIN}\n",
    "outlook fr": "\n\n________________________________\nDe : Vigil <journal@vigil.test>\n"
    "Envoyé : jeudi 26 novembre 2026 10:12\nÀ : Ann <ann@example.com>\nObjet : Is this right?\n\n"
    f"{PLAIN}\n",
    "outlook fr, classic": "\n\n-----Message d'origine-----\nDe : Vigil <journal@vigil.test> \n"
    f"Envoyé : jeudi 26 novembre 2026 10:12\nÀ : ann@example.com\nObjet : Is this right?\n\n{PLAIN}\n",
    "outlook pt": "\n\n________________________________\nDe: Vigil <journal@vigil.test>\n"
    "Enviado: quinta-feira, 26 de novembro de 2026 10:12\nPara: Ann <ann@example.com>\n"
    f"Assunto: Is this right?\n\n{PLAIN}\n",
    "outlook pt, classic": "\n\n-----Mensagem original-----\nDe: Vigil <journal@vigil.test> \n"
    "Enviada em: quinta-feira, 26 de novembro de 2026 10:12\nPara: ann@example.com\n"
    f"Assunto: Is this right?\n\n{PLAIN}\n",
    "outlook ios en": "\n\nGet Outlook for iOS<https://aka.ms/o0ukef>\n________________________________\n"
    "From: Vigil <journal@vigil.test>\nSent: Thursday, November 26, 2026 10:12:00 AM\n"
    f"To: ann@example.com <ann@example.com>\nSubject: Is this right?\n\n{PLAIN}\n",
    "outlook ios de": "\n\nOutlook für iOS herunterladen\n________________________________\n"
    "Von: Vigil <journal@vigil.test>\nGesendet: Donnerstag, November 26, 2026 10:12:00 AM\n"
    f"An: ann@example.com\nBetreff: Is this right?\n\n{PLAIN}\n",
    "outlook android es": "\n\nObtener Outlook para Android\n________________________________\n"
    "De: Vigil <journal@vigil.test>\nEnviado: jueves, noviembre 26, 2026 10:12:00 a. m.\n"
    f"Para: ann@example.com\nAsunto: Is this right?\n\n{PLAIN}\n",
    "outlook android fr": "\n\nTélécharger Outlook pour Android\n________________________________\n"
    "De : Vigil <journal@vigil.test>\nEnvoyé : jeudi 26 novembre 2026\nÀ : ann@example.com\n"
    f"Objet : Is this right?\n\n{PLAIN}\n",
    "outlook ios pt": "\n\nObter o Outlook para iOS\n________________________________\n"
    "De: Vigil <journal@vigil.test>\nEnviado: quinta-feira, novembro 26, 2026\n"
    f"Para: ann@example.com\nAssunto: Is this right?\n\n{PLAIN}\n",
    "samsung en": "\n\nSent from my Galaxy\n\n-------- Original message --------\n"
    "From: Vigil <journal@vigil.test>\nDate: 26/11/2026 10:12 (GMT+00:00)\nTo: ann@example.com\n"
    f"Subject: Is this right?\n\n{PLAIN}\n",
    "samsung de": "\n\nVon meinem Samsung Galaxy Smartphone gesendet.\n\n"
    "-------- Ursprüngliche Nachricht --------\nVon: Vigil <journal@vigil.test>\n"
    f"Datum: 26.11.26 10:12 (GMT+01:00)\nAn: ann@example.com\nBetreff: Is this right?\n\n{PLAIN}\n",
    "yahoo en": "\n\nSent from Yahoo Mail for iPhone\n\n"
    f"On Thursday, November 26, 2026, 10:12 AM, Vigil <journal@vigil.test> wrote:\n\n{PLAIN}\n",
    "thunderbird en": f"\n\nOn 26/11/2026 10:12, Vigil wrote:\n{QUOTED}\n",
    "thunderbird de": f"\n\nAm 26.11.26 um 10:12 schrieb Vigil:\n{QUOTED}\n",
    "thunderbird fr": f"\n\nLe 26/11/2026 à 10:12, Vigil a écrit :\n{QUOTED}\n",
    "thunderbird es": f"\n\nEl 26/11/26 a las 10:12, Vigil escribió:\n{QUOTED}\n",
    "thunderbird pt": f"\n\nEm 26/11/2026 10:12, Vigil escreveu:\n{QUOTED}\n",
    "proton en": "\n\nSent with [Proton Mail](https://proton.me/mail/home) secure email.\n\n"
    f"On Thursday, November 26th, 2026 at 10:12, Vigil <journal@vigil.test> wrote:\n\n{QUOTED}\n",
    "gmx de": "\n\nGesendet mit der GMX Mail App\n\nAm 26.11.26 um 10:12 schrieb Vigil <journal@vigil.test>:\n"
    f"{QUOTED}\n",
    "windows mail de": "\n\nGesendet von Mail für Windows\n\nVon: Vigil\n"
    "Gesendet: Donnerstag, 26. November 2026 10:12\nAn: ann@example.com\nBetreff: Is this right?\n\n"
    f"{PLAIN}\n",
    "a signature": "\n\n-- \nAnn Example\nHead of Futures, Example Ltd\n+44 20 7946 0000\n",
    "a signature above the quote": "\n\n-- \nAnn Example\n\nOn Thu, Nov 26, 2026 at 10:12 AM Vigil "
    "<journal@vigil.test> wrote:\n"
    f"{QUOTED}\n",
    "nothing": "",
}


@pytest.mark.parametrize("program", BELOW)
def test_reply_above_the_quote(program: str) -> None:
    assert written(SAID + BELOW[program]) == SAID


@pytest.mark.parametrize("program", BELOW)
def test_nothing_added(program: str) -> None:
    assert written(BELOW[program]) == ""


@pytest.mark.parametrize("program", [name for name in BELOW if name.startswith(("gmail", "thunderbird"))])
def test_reply_below_the_quote(program: str) -> None:
    assert written(BELOW[program].strip() + "\n\n" + SAID) == SAID


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "text",
    [
        "symbol: NQ\nfrom: 18250\nto: 18290\nstop: 18230",
        "long nq\nfrom: 18250\nto: 18290\ndate: yesterday",
        "long 2 nq 18250\n> 18290 stop 18230",
        "sold 2 es 5321.25 -> 5330\n- felt rushed\n-- later calm",
        "On nq I was long 2, 18250 > 18290.\nAnn wrote: take it\nstop 18230",
        "long 2 nq 18250 > 18290\n\nget out earlier next time, on my phone I saw it late\n"
        "and sold too soon\nstop 18230\nrisk 1%",
        "El plan era claro: largo 2 nq 18250 > 18290",
        "Am Morgen long 2 nq 18250 > 18290, er schrieb zu früh",
        "1",
        "- " * 2_000 + "long 2 nq",
        "+$1,600.00 in nq",
    ],
)
def test_nothing_of_a_report_is_taken_for_a_quote(text: str, line_end: str) -> None:
    assert written(text.replace("\n", line_end)) == text.strip()


def test_forwarded_mail_speaks_for_itself() -> None:
    forwarded = (
        "\n\n---------- Forwarded message ---------\nFrom: Broker <fills@broker.test>\n"
        "Date: Thu, Nov 26, 2026\nSubject: Fill\nTo: <ann@example.com>\n\nBought 2 NQ 18250\n"
    )
    assert "Bought 2 NQ 18250" in written(forwarded, forwarded=True)
    assert written("this was me" + forwarded, forwarded=True) == "this was me"
    assert written(forwarded) == ""


@pytest.mark.parametrize(
    "hostile",
    [
        "2026/11/26 " + " <@>" * 5_000,
        "Am " + " schrieb " * 2_000 + "x",
        "a:\n" * 10_000,
        "De: x\n" * 10_000,
        "> " * 10_000,
        ">\n" * 10_000,
        "On \n" * 10_000,
        "-" * 20_000,
        "\n" * 20_000,
        "sent from my " * 2_000,
        " ".join(["Get Outlook"] * 1_500),
    ],
    ids=lambda text: text[:12],
)
def test_no_text_takes_long(hostile: str) -> None:
    """The patterns of the library alone take minutes on some of these."""
    began = time.process_time()
    written(hostile)
    assert time.process_time() - began < 5


def test_flowed_lines_are_one_again() -> None:
    assert unflowed("long 2 nq 18250 \n> 18290", delsp=False) == "long 2 nq 18250 \n> 18290"
    assert unflowed("long 2 nq \n18250 \nto 18290\n-- \nAnn", delsp=False) == "long 2 nq 18250 to 18290\n-- \nAnn"
    assert unflowed("18 \n250", delsp=True) == "18250"
    assert unflowed(" > 18290", delsp=False) == "> 18290"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>long 2 nq 18250 &gt; 18290</p><p>stop&nbsp;18230</p>", "long 2 nq 18250 > 18290\nstop\u00a018230"),
        (
            '<div dir="ltr">yes<br>really</div><div class="gmail_quote"><div class="gmail_attr">On …</div>no</div>',
            "yes\nreally",
        ),
        (
            '<div>1</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> '
            "Vigil</div><div>quoted</div>",
            "1",
        ),
        ('<div>yes</div><blockquote type="cite">no</blockquote><div>and more</div>', "yes\nand more"),
        ('<div>yes</div><div class="yahoo_quoted">no</div>', "yes"),
        ('<p>yes</p><div class="gmail_signature">Ann, Example Ltd</div>', "yes"),
        ("<style>p {}</style><script>alert(1)</script><title>t</title><p>yes</p><!-- no -->", "yes"),
        ("<table><tr><td>nq</td><td>18250</td></tr><tr><td>es</td><td>5321</td></tr></table>", "nq 18250\nes 5321"),
        ("<ul><li>long 2 nq</li><li>short 1 es</li></ul>", "long 2 nq\nshort 1 es"),
        ("no markup at all", "no markup at all"),
        ("", ""),
        ("<<<>>>&&&", "<<<>>>&&&"),
        ("<html><body><p>unclosed <b>yes", "unclosed yes"),
    ],
)
def test_html_as_text(html: str, text: str) -> None:
    found, _ = text_of_html(html)
    assert found == text


def test_pictures_outside_the_quote() -> None:
    _, pictures = text_of_html(
        '<img src="cid:mine"><div class="gmail_quote"><img src="cid:theirs"></div><img src="CID:other">'
    )
    assert pictures == {"mine", "other"}


@pytest.mark.parametrize(
    "hostile", ["<div>" * 100_000, "<" * 500_000, "<!--" * 100_000, "<a b='" * 100_000, "&#" * 300_000]
)
def test_no_html_takes_long(hostile: str) -> None:
    began = time.process_time()
    text_of_html(hostile)
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    "subject", ["Re: long 2 nq", "RE: Re: long 2 nq", "AW: WG: long 2 nq", "Fwd: RES: long 2 nq", "TR : long 2 nq"]
)
def test_subject_without_its_prefixes(subject: str) -> None:
    assert bare_subject(subject) == "long 2 nq"
