"""How programs spell a symbol, and the root that all spellings of it share; the same patterns serve Python, in
bot.trading.contracts, and the database."""

from typing import Final

AROUND: Final = (
    r"^[A-Z_]+:|:[A-Z]+$|=F$|[12]!$"
    r"|\s+(?:[0-9]{1,2}[-/][0-9]{2,4}|(?:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)[ -]?[0-9]{2,4})$"
)
"""What programs write around a root: CME_MINI:NQ1!, /NQ:XCME, NQ=F, NQ 12-25, NQ DEC25. For Python and PostgreSQL."""
SEPARATORS: Final = r"[\s/$#@-]"
DATED: Final = "^([A-Z0-9]{1,4})[FGHJKMNQUVXZ][0-9]{1,2}$"
"""A future with its delivery month and year: NQZ5, MESH26."""


def spelled(symbols: str) -> str:
    """SQL for each of the symbols as it is `written`, its `root`, and what the table `contracts` knows of it."""
    return f"""
    select s.written, coalesce(c.symbol, s.bare) as root, c.*
    from (select d.written,
              regexp_replace(regexp_replace(btrim(d.written), '{AROUND}', '', 'g'), '{SEPARATORS}', '', 'g') as bare
          from ({symbols}) d) s
    left join lateral (
        select c.* from contracts c
        where c.symbol = s.bare or c.dated and c.symbol = substring(s.bare from '{DATED}')
        order by c.symbol <> s.bare limit 1) c on true
    """
