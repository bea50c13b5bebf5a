"""The vocabulary of facts: what a phrase says of a trade, in every language. The words are data: vocabulary/*.txt."""

from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from importlib.resources import files
from typing import Final


class Tag(StrEnum):
    """What a phrase says about the trade or about the message."""

    LONG = "long"
    SHORT = "short"
    BUY = "buy"
    SELL = "sell"
    COVER = "cover"
    BUY_ORDER = "buy order"
    SELL_ORDER = "sell order"
    ENTRY = "entry"
    ENTRY_IF_NUMBER = "entry if a number follows"
    EXIT = "exit"
    STOPPED = "stopped"
    STOP = "stop"
    TARGET = "target"
    HIT = "hit"
    AT = "at"
    SIZE = "size"
    LOTS = "lots"
    PNL = "pnl"
    WIN = "win"
    LOSS = "loss"
    FEES = "fees"
    NET = "net"
    DISTANCE = "distance"
    MONEY = "money"
    BREAK_EVEN = "break even"
    SCRATCH = "scratch"
    MICROS = "micros"
    MINIS = "minis"
    ADD = "add"
    MOVE = "move"
    ZONE = "zone"
    IGNORE = "ignore"
    FILLER = "filler"
    FRACTION = "fraction"
    COUNT = "count"
    PLAN = "plan"
    WATCH = "watch"
    MISSED = "missed"
    OTHERS = "others"
    ATTACK = "attack"
    FLIP = "flip"
    CLEAR = "clear"
    NOT = "not"
    ORDINAL = "ordinal"


YES = (
    "y|yes|yep|yeah|yea|yup|yess|yas|ya|ye|aye|ok|okay|k|kk|okey|oki|sure|sure thing|correct|right|"
    "exactly|confirm|confirmed|affirmative|absolutely|definitely|of course|100%|perfect|great|good|"
    "all good|looks good|look good|lgtm|looks right|looks correct|looks fine|confirm it|confirm that|"
    "confirm this|confirm trade|confirm the trade|save trade|save the trade|log trade|log the trade|"
    "looks good to me|looks right to me|thats right|thats correct|thats it|thats the one|thats good|"
    "thats fine|that is right|that is correct|it is|its right|its correct|all correct|all right|"
    "alright|spot on|bang on|go ahead|do it|go for it|save|save it|save that|log|log it|log that|"
    "record it|record|book it|add it|store it|submit|submit it|post it|put it in|put it down|approve|"
    "approved|accept|accepted|agreed|agree|roger|roger that|fine|cool|sounds good|sounds right|works|"
    "works for me|yes please|ship it|10-4|si|claro|dale|vale|correcto|exacto|perfecto|confirmo|"
    "confirmar|confirma|guardalo|guardar|de acuerdo|esta bien|listo|asi es|por supuesto|eso es|"
    "todo bien|anotalo|registralo|ja|jo|jap|jep|jawohl|genau|richtig|stimmt|stimmt so|passt|passt so|"
    "korrekt|klar|bestatigt|bestatige|bestatigen|speichern|in ordnung|alles klar|sicher|das stimmt|sim|"
    "certo|isso|isso mesmo|exato|correto|perfeito|confirmado|pode|pode ser|pode salvar|salvar|salva|"
    "ta certo|esta certo|beleza|blz|com certeza|oui|ouais|daccord|cest bon|cest ca|exact|parfait|"
    "je confirme|confirmer|confirme|bien sur|valide|valider|enregistre|tout a fait|👍|👌|✅|🆗|💯|🙌|🤝|🫡|👍🏻|"
    "👍🏼|👍🏽|👍🏾|👍🏿"
)
NO = (
    "n|no|nope|nah|nay|naw|no way|not|noo|nooo|negative|cancel|cancel it|cancel that|discard|"
    "discard it|reject|rejected|delete|delete it|delete that|delete this|remove it|scrap it|scrap that|"
    "scrap|forget it|forget that|nevermind|never mind|nvm|dont|dont save|dont save it|dont save that|"
    "dont log|dont log it|dont record|dont record it|do not save|do not save it|do not log|"
    "do not log it|do not record|dont confirm|do not confirm|no thanks|no thank you|not right|"
    "not correct|not ok|thats wrong|thats not right|thats not it|thats not correct|that is wrong|"
    "its wrong|all wrong|wrong|incorrect|false|not good|not this|not this one|not that|not mine|undo|"
    "drop it|drop that|throw it away|abort|stop that|bin it|ditch it|trash it|trash|skip it|skip that|"
    "skip this|ignore it|ignore that|dont bother|definitely not|absolutely not|of course not|no dont|"
    "drop|remove|drop all|cancel all|delete all|discard all|remove all|drop them|cancel them|delete them|"
    "discard them|remove them|drop them all|cancel them all|delete them all|drop both|cancel both|delete both|"
    "discard both|remove both|drop all of them|cancel all of them|delete all of them|drop both of them|"
    "none of them|neither of them|neither|neither one|"
    "no cancel|not really|no its wrong|not yes|not confirmed|wrong trade|mal|esta mal|incorrecto|"
    "no guardar|no lo guardes|no guardes|borrar|borra|borralo|cancelar|cancela|cancelalo|descartar|"
    "descartalo|falso|para nada|nada|nein|ne|nee|falsch|stimmt nicht|passt nicht|das stimmt nicht|"
    "abbrechen|loschen|verwerfen|nicht speichern|nicht richtig|auf keinen fall|nao|errado|ta errado|"
    "esta errado|nao salva|nao salvar|nao confirmo|apaga|apagar|descarta|incorreto|non|pas bon|"
    "cest faux|faux|annuler|annule|supprimer|supprime|ne pas enregistrer|pas du tout|ce nest pas ca|👎|"
    "❌|🚫|⛔|🙅|🗑|👎🏻|👎🏼|👎🏽|👎🏾|👎🏿"
)
POLITE = (
    "please|pls|plz|thanks|thank you|thx|ty|mate|bro|man|buddy|bot|vigil|sir|no problem|no worries|"
    "por favor|gracias|bitte|danke|obrigado|obrigada|merci|svp|sil te plait|and|🙏|😀|🙂|😊|🔥|🚀|💪|🎉|❤"
)
ALL = (
    "all|all of them|yes all|yes to all|confirm all|confirm all of them|confirm them all|save all|save them all|"
    "log all|log them all|todos|alle|todas|tous|toutes"
)
"""A yes only where several drafts wait."""
BOTH = (
    "both|both of them|yes both|yes to both|confirm both|save both|log both|beide|ambos|ambas|tous les deux|"
    "toutes les deux"
)
"""A yes only where two drafts wait."""
SKIP = (
    "skip|none|no screenshot|no picture|no pic|no photo|no chart|no image|without|later|dont have one|"
    "i dont have one|nothing|no n|pass|omitir|sin foto|sin captura|ohne|kein bild|kein foto|"
    "uberspringen|pular|sem foto|sem imagem|passer|pas de capture|sans photo|aucune|ninguna|keine|"
    "nenhuma|skip it|skip this|next"
)
QUESTIONS = (
    "what|whats|how|hows|when|where|which|who|why|did|do|does|am|is|are|can|could|will|was|were|have|"
    "has|show|show me|list|tell me|give me|que|cual|cuanto|cuantos|cuanta|como|cuando|donde|was|wie|"
    "wieviel|wann|wo|warum|welche|bin|habe|kann|qual|quanto|quantos|quando|onde|quel|quelle|combien|"
    "comment|quand|ou|est ce que|o que|quem"
)
ASKING = "what|whats|how|hows|why|who|cuanto|cuantos|cuanta|wieviel|quanto|quantos|combien"
"""Question words that begin no fact, so that they may stand behind "ok" or "hey"."""
AUXILIARIES = "was|is|are|were|have|has|am|will|did|do|does|can|could|bin|habe|kann|ou|que|como|wo|wie|list|which"
"""Question words that begin a fact as well ("was 18295"), unless one of SUBJECTS follows."""
SUBJECTS = "i|it|that|this|my|mine|the|you|we|there|ich|mein|meine|ist|war|das|mi|meu|minha|mon|ma"
POINTING = (
    "actually|correction|correct|corrected|wrong|typo|oops|sorry|meant|should|was|were|change|make|edit|fix|no|"
    "mistake|instead|rather"
)
"""Words that point at the trade that waits: what is said with them changes it."""
GLUE = (
    "a|an|the|it|its|that|thats|this|these|those|them|is|was|were|be|been|being|i|im|my|me|we|one|ones|there|"
    "trade|trades|position|order|side|direction|symbol|instrument|ticker|market|price|not|no|yes|ok|okay|yeah|yep|"
    "nope|yo|hey|hm|hmm|ah|oh|uh|um|wait|and|but|or|also|just|only|to|of|for|in|on|at|from|with|by|any|had|have|"
    "has|did|didnt|do|dont|use|used|set|put|said|say|went|go|got|took|taken|obviously|definitely|course|sure|"
    "surely|lol|haha|forgot|please|pls|thanks|thx|bro|mate|man|buddy|sir|my|bad|so|then|really|all|as|"
    "es|war|ein|eine|der|die|das|den|doch|sondern|ist|ich|und|era|fue|foi|um|uma|un|une|el|la|lo|le|los|las|o|"
    "cetait|cest|etait|je|y|e|et|che|pero|mas|mais|aber|si|sim|ja|oui|nein|non"
)
"""Words that add no meaning of their own to a fact. A side or an instrument among other words is talk."""


LANGUAGES: Final = ("en", "es", "pt", "fr", "de", "ru")
Words = tuple[str, ...]


def word_set(table: str) -> frozenset[str]:
    """The words of a table that are separated by blanks."""
    return frozenset(table.split())


def phrases(table: str) -> frozenset[Words]:
    """The phrases of one table, each as its words."""
    return frozenset(tuple(phrase.split()) for phrase in table.split("|"))


def entries(name: str) -> Iterator[tuple[str, str, str]]:
    """Section, phrase and value ("" where it has none) of a file in vocabulary/. Raises ValueError where it has none."""
    section = ""
    for line in files(__package__).joinpath("vocabulary", f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[] ")
        elif line.strip() and not line.startswith("#"):
            for phrase in filter(None, map(str.strip, line.split("|"))):
                words, _, value = phrase.partition(" = ")
                if not section:
                    raise ValueError(f"vocabulary {name}: {words!r} stands in no section")
                yield section, words, value


TAGGED: dict[Words, Tag] = {}
"""What each phrase says."""
UNITS: dict[str, str] = {}
"""What is counted: points, ticks, pips, r, percent or time of a distance; contracts, lots, shares, coins of a size."""
NUMBERS: dict[str, Decimal] = {}
"""The values of number words."""
ZONES: dict[str, str] = {}
"""The time zones that words name."""
GLOSSARY: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES[1:]}
"""For each language the words that join facts, with the English word that says the same."""
WORDS_OF: dict[str, set[str]] = {language: set() for language in LANGUAGES[1:]}
"""Words of three letters and more that tell the language: those that no English phrase has."""


def _load() -> None:
    for language, word, english in entries("glossary"):
        GLOSSARY[language][word] = english
    known = {word for _, phrase, _ in entries("en") for word in phrase.split()}
    for language in LANGUAGES:
        joining = GLOSSARY.get(language, {})
        for section, phrase, value in entries(language):
            words = tuple(phrase.split())
            if language != "en":
                WORDS_OF[language].update(word for word in words if len(word) > 2 and word not in known)
            if not section.startswith("marker"):
                _add(words, section, value)
                _add(tuple(joining.get(word, word) for word in words), section, value)


def _add(words: Words, section: str, value: str) -> None:
    if words in TAGGED:
        return
    name, _, unit = section.partition(":")
    phrase = " ".join(words)
    TAGGED[words] = Tag[name.upper()]
    if unit:
        UNITS[phrase] = unit
    if value and name == "zone":
        ZONES[phrase] = value
    elif value:
        NUMBERS[phrase] = Decimal(value)


_load()

FOREIGN: Final = frozenset[str]().union(*WORDS_OF.values())
"""Words of other languages than English."""


def _by_first() -> dict[str, tuple[tuple[Words, Tag], ...]]:
    found: dict[str, list[tuple[Words, Tag]]] = {}
    for words, tag in TAGGED.items():
        found.setdefault(words[0], []).append((words[1:], tag))
    return {first: tuple(sorted(rest, key=lambda entry: -len(entry[0]))) for first, rest in found.items()}


BY_FIRST: dict[str, tuple[tuple[Words, Tag], ...]] = _by_first()
"""The phrases by their first word, the longest first: the words behind it and what all of it says."""

TYPOS = {
    swapped: word
    for word in ("long", "short", "bought", "sold", "stop", "exit", "entry")
    for place in range(len(word) - 1)
    if (swapped := word[:place] + word[place + 1] + word[place] + word[place + 2 :]) != word
}
"""Side and level words with two neighbouring letters exchanged; none of them is a word of its own."""
