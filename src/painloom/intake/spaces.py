"""Which standard space a file's name speaks of; two spaces that look alike are never mixed silently."""

import re

from painloom.errors import InputError

_ENTITY = re.compile(r"(?:^|_)(?:space|tpl)-([A-Za-z0-9]+)")
_WORD = re.compile(r"(MNI152NLin6A?Sym|MNI152NLin6Asym|MNI152NLin2009[a-c]A?[Ss]ym|NLin6Asym|NLin2009[a-c]Asym|2009[a-c]Asym)")
PREFIX = "MNI152NLin"
VAGUE = ("", "MNI", "MNI152")  # say too little to contradict anything


def space_of(name: str) -> str:
    """The space that a file name states, by its `space-` or `tpl-` entity or a template's name in it; "" when it says nothing."""
    entity = _ENTITY.search(name)
    if entity:
        return entity.group(1)
    word = _WORD.search(name)
    return PREFIX + word.group(1).removeprefix(PREFIX).removeprefix("NLin") if word else ""


def check_spaces(first: str, first_space: str, second: str, second_space: str) -> None:
    """Refuse two files whose names state different spaces; a name that says nothing, or only MNI, contradicts nothing.

    Raises
    ------
    InputError : both names state a space and the spaces differ; the line names both.
    """
    if first_space in VAGUE or second_space in VAGUE or first_space.casefold() == second_space.casefold():
        return
    raise InputError(
        f"{second}: is in space {second_space}, {first} in {first_space}; they differ by millimetres, take the one made for {first_space}"
    )
