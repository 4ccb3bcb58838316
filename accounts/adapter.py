from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """An e-mail is kept in lower case."""

    def clean_email(self, email: str) -> str:
        return super().clean_email(email).lower()
