"""The one way a rule says no: a code and the values its sentence needs. No prose here; words live with the templates."""


class DomainError(Exception):
    """A rule refused. `code` names the refusal, `params` are the values its sentence shows in any language.

    Nothing of the work that raised it is kept: the savepoint around it is rolled back.
    """

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params
