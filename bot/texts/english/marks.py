"""Tags, setup, mood, mistake and notes of a trade."""

from typing import Final

MARKS: Final = {
    "field.tags": "Tags",
    "field.setup": "Setup",
    "field.mood": "Mood",
    "field.mistake": "Mistake",
    "marks.setup": "setup: {value}",
    "marks.mood": "mood: {value}",
    "marks.mistake": "mistake: {value}",
    "figures.by.tag": "By tag",
    "figures.by.setup": "By setup",
    "figures.by.mood": "By mood",
    "figures.by.mistake": "By mistake",
    "figures.nothing.marked": "No trades with {mark}.",
    "marks.none": "No tags, setup, mood, mistake or note.",
    "marks.left_out": "More than {most} tags are not kept.",
    "marks.used": "You use: {tags}",
    "marks.how": "To add, for example: /tag 2 #revenge, /setup 2 ORB, /note 2 chased a bit (2 as in /trades)",
    "marks.how.off": "To take off: /tag 2 -#revenge, /setup 2 -",
    "marks.unclear": "I cannot take “{said}”.",
    "marks.example.tags": "A tag begins with a letter: /tag 2 #revenge",
    "marks.example.setup": "Write for example: /setup 2 ORB",
    "marks.example.mood": "Write for example: /mood 2 calm",
    "marks.example.mistake": "Write for example: /mistake 2 moved my stop",
    "marks.example.note": "Write for example: /note 2 chased a bit",
}
