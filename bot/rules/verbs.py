"""Common English verbs in all their forms: a tail behind a rule is a remark only where one of them stands in it."""

import re
from typing import Final

_REGULAR: Final = (
    "abuse accept ache act admit age aim annoy answer appear argue arrive ask attack attract avoid bail ban bang beg "
    "believe belong bill bite blame bleed blow bore bother bounce breathe brew burn bury call calm care cash cause "
    "charge chase check chew chop claim clean clear click climb close collapse collect complain concentrate confuse "
    "cook cool cope cost count crash crave creep cripple cross crush cry damage dance decay delay deliver deserve "
    "despise destroy die dip disappear distract donate double drag drain dry dump eat end enjoy escape evaporate "
    "expect "
    "expire explode expose fade fail fake fatten fear feed feel fight finish fire fit fizzle flag flip flush focus "
    "force forget freeze fry fund gamble gap gift give grab grind grow guard guess hammer handle happen harm "
    "hate haunt head heal help hit hope hunt hurt ignite improve insist invite itch jerk jump kick kill know lack land "
    "move laugh lead leak learn leave level liquidate listen live look lose love manage matter mean melt mess miss "
    "moan "
    "monitor murder need nuke offer outsmart overthink overtrade own panic pass pay peak peter phone play please "
    "poison "
    "police pop pray prefer prepare press preserve pretend prevent promise protect prove pull pump punish push quit "
    "race react read realise realize recover regret reject relax remember remind repeat rescue reset rest revenge "
    "reward rip rob ruin rule run rush sabotage save say scare scream screw see seem sell send shake shred shrink sink "
    "sit slap slaughter sleep slip slow smell smoke snap snowball spend spike spiral spin spook stab stalk stand steal "
    "stick sting stress stretch strike struggle study stuff suck suffer suit survive sweat swear swing talk taste "
    "teach "
    "tempt tend terminate thank thin think tick tie tilt tire touch trap treat trick trip trust try turn understand "
    "void wait wake walk want warn waste watch wear weigh whip whipsaw widen wipe wish work worry wreck yell vanish "
    "drink breath zigzag square flatten breach bust cool journal review stare settle sort show shout shut fumble "
    "butcher smash toast cheat vomit doze nap wander drift tank sour snore yawn tremble unravel implode invent "
    "hallucinate "
    "fool mislead overreact reckon bet doubt forgive remain become begin bring build buy catch come deal draw drive "
    "fall "
    "find fly get go have hear hide keep lay lie lend let make meet put ride ring rise set sing slide speak "
    "spit spread swim take tear tell throw win write be do dig"
)
_IRREGULAR: Final = (
    "am is are was were been being isn't aren't wasn't weren't ain't has had hasn't haven't hadn't does did done don't "
    "doesn't didn't can't cannot couldn't won't wouldn't shouldn't will would 'll dont cant wont im ive its thats "
    "ate eaten bit bitten bled blew blown bought broke broken brought built came caught chose chosen cost cut dealt "
    "drank drew drove driven fell felt flew forgot forgotten fought found froze frozen gave given gone got gotten went "
    "grew ground hid hit held hurt kept knew known laid lay led left lent let lit lost made meant met paid put quit "
    "ran "
    "read rode rose said sang sank sat saw seen sold sent shook shot shown slept slid spent spoke stole stolen stood "
    "stuck stung struck sworn swore taught taken thought threw told took tore torn understood woke woken won wore worn "
    "wrote written goes says"
)
_CONTRACTED: Final = (
    r"\b(?:i|it|he|she|that|this|they|we|you|there|who|what|market|firm|brain|head)'(?:m|s|re|ve|ll|d)\b"
)


def _forms(verb: str) -> tuple[str, ...]:
    if verb.endswith("e"):
        return verb, f"{verb}s", f"{verb}d", f"{verb[:-1]}ing"
    if verb.endswith("y") and verb[-2] not in "aeou":
        return verb, f"{verb[:-1]}ies", f"{verb[:-1]}ied", f"{verb}ing"
    doubled = verb + verb[-1]
    ending = "es" if verb.endswith(("s", "sh", "ch", "x", "z", "o")) else "s"
    return verb, verb + ending, f"{verb}ed", f"{verb}ing", f"{doubled}ed", f"{doubled}ing"


_FORMS: Final = frozenset(form for verb in _REGULAR.split() for form in _forms(verb)) | frozenset(_IRREGULAR.split())
_WORD: Final = re.compile(r"[a-z]+(?:'[a-z]+)?")
_SHORT: Final = re.compile(_CONTRACTED)


def has_verb(text: str) -> bool:
    """Whether any word of a plain text may be a verb."""
    return bool(_SHORT.search(text)) or any(word in _FORMS for word in _WORD.findall(text))
