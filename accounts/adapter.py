from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """allauth asks for a name in the forms of accounts.forms; an e-mail is kept in lower case."""

    def clean_email(self, email: str) -> str:
        return super().clean_email(email).lower()
