"""The error tree: what a caller can mend."""


class PainloomError(Exception):
    """Any error that painloom raises on purpose; its text is one line for the person at the keyboard."""


class InputError(PainloomError):
    """An input was refused: the text says where, what was found, what is allowed and what to do (exit status 3)."""


class KnowledgeError(PainloomError):
    """A card is malformed, contradicts another card or names an id that does not exist."""


class UsageError(PainloomError):
    """The call itself makes no sense (exit status 2)."""
