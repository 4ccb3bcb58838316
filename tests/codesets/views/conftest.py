import pytest

from codesets.models import Release
from tests.codesets.tiny_books import publish_books


@pytest.fixture
def books(db, tmp_path) -> Release:
    """The published ICD-10-CM release; HCPCS is published beside it."""
    return publish_books(tmp_path)
