import pytest
from django.test import Client


@pytest.fixture
def as_user(client: Client):
    """The test client, signed in as whom the test names."""

    def sign_in(user) -> Client:
        client.force_login(user)
        return client

    return sign_in
