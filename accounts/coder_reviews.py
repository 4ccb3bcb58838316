"""A reading by a credentialed coder, as an instructor recorded it: of an item, of a lesson."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class Credential(models.TextChoices):
    """Of the American Academy of Professional Coders (first three) and of AHIMA."""

    CPC = "cpc", "CPC"
    CIC = "cic", "CIC"
    COC = "coc", "COC"
    CCS = "ccs", "CCS"
    CCS_P = "ccs_p", "CCS-P"
    CCA = "cca", "CCA"
    RHIT = "rhit", "RHIT"
    RHIA = "rhia", "RHIA"


class CoderReview(models.Model):
    """Abstract: who read one version, with which credential, and when. The school vouches for both.

    A later version is not yet reviewed. Rows are never changed: one that was recorded in error is taken back,
    and the audit trail keeps what it said. finds: what the reader would have otherwise; empty where nothing
    was found.
    """

    reviewer = models.CharField(max_length=120)
    credential = models.CharField(max_length=8, choices=Credential)
    reviewed_on = models.DateField()
    finds = models.TextField(blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True
        ordering = ["-id"]

    @property
    def words(self) -> str:
        """Who reviewed it: "Ana Ruiz, CPC"."""
        return f"{self.reviewer}, {Credential(self.credential).label}"
