"""What the services refuse to do. Every message is a sentence for the person who asked."""


class CodesetError(Exception):
    """The base of all; a command or a page shows its message as it is."""


class UnknownRelease(CodesetError):
    pass


class LabelTaken(CodesetError):
    pass


class WrongState(CodesetError):
    pass


class WindowTaken(CodesetError):
    pass


class InUse(CodesetError):
    """Something published or graded is dated in the window. `rows` are the impact rows that say so."""

    def __init__(self, message: str, rows: list) -> None:
        super().__init__(message)
        self.rows = rows


class ImportStopped(CodesetError):
    """Nothing was loaded; the findings say why."""


class LicenceMissing(CodesetError):
    """No licence of the American Medical Association is in force."""
