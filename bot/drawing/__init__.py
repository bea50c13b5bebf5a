"""Pictures of the journal, drawn with matplotlib by processes of their own.

subjects.py says what can be drawn, studio.py has it drawn elsewhere, and the rest runs only there. Nothing here knows
the journal or any words: every text of a picture stands in its subject.
"""
