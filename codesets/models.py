"""The books: releases and their rows, and the jobs that import them.

Rows of a release point to it by id and to each other by code, so that an importer can COPY them without
asking for ids first. They are immutable once staged; the release's window is not, see codesets.services.
That the release exists and is being imported is checked once a statement by triggers, not by a foreign key
once a row: a release has 125,000 of them.
"""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone

from accounts.jobs import Job
from codesets.printed import in_words
from codesets.systems import EDIT_TABLE_CHOICES, LOADABLE_CHOICES, display


class ReleaseState(models.TextChoices):
    IMPORTING = "importing", "Importing"
    STAGED = "staged", "Staged"
    PUBLISHED = "published", "Published"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Release(models.Model):
    """A snapshot of one code system, index or edit table.

    Published releases of a system (of the edits: of one of their tables) never overlap: the database says so.
    """

    system = models.CharField(max_length=16, choices=LOADABLE_CHOICES)
    table = models.CharField(max_length=24, choices=EDIT_TABLE_CHOICES, blank=True)  # of the edits alone
    label = models.CharField(max_length=80)
    state = models.CharField(max_length=16, choices=ReleaseState, default=ReleaseState.IMPORTING)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True)  # exclusive; open for the newest
    source_name = models.CharField(max_length=255)
    source_sha256 = models.CharField(max_length=64)
    source_version = models.CharField(max_length=80, blank=True)
    codes_total = models.PositiveIntegerField(default=0)
    codes_billable = models.PositiveIntegerField(default=0)
    contents = models.JSONField(default=dict)  # rows of each sort: {"codes": 98186, "notes": 20710}
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["system", "-effective_from"]
        constraints = [
            models.UniqueConstraint(fields=["system", "label"], name="codesets_release_label_once"),
            models.CheckConstraint(
                condition=Q(effective_to=None) | Q(effective_to__gt=F("effective_from")),
                name="codesets_release_window_not_empty",
            ),
            ExclusionConstraint(
                name="codesets_release_windows_disjoint",
                expressions=[
                    ("system", RangeOperators.EQUAL),
                    ("table", RangeOperators.EQUAL),
                    (
                        Func(
                            "effective_from",
                            "effective_to",
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(state="published"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.book} {self.label}"

    @property
    def book(self) -> str:
        """Which book it is a release of: "ICD-10-CM", "Medicare Code Editor"."""
        return self.get_table_display() or self.get_system_display()

    @property
    def holds(self) -> str:
        """Its rows in words."""
        return in_words({"codes": self.codes_total} | self.contents, self.codes_billable)


class Heading(models.Model):
    """A chapter or block of the book: not a code, but it carries notes and a place in the tree."""

    class Kind(models.TextChoices):
        CHAPTER = "chapter", "Chapter"
        BLOCK = "block", "Block"

    release = models.ForeignKey(
        Release, on_delete=models.CASCADE, related_name="headings", db_index=False, db_constraint=False
    )
    kind = models.CharField(max_length=8, choices=Kind)
    name = models.CharField(max_length=32)  # "9" or "I10-I1A"
    title = models.TextField()
    parent = models.CharField(max_length=32, blank=True)  # a block's chapter
    position = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["release", "kind", "name"], name="codesets_heading_once"),
        ]


class Code(models.Model):
    """A code of a release, from category down. Stored without dot."""

    release = models.ForeignKey(
        Release, on_delete=models.CASCADE, related_name="codes", db_index=False, db_constraint=False
    )
    code = models.CharField(max_length=10, db_collation="C")
    title = models.TextField()
    billable = models.BooleanField()
    parent = models.CharField(max_length=10, blank=True, db_collation="C")  # empty for a category
    depth = models.PositiveSmallIntegerField()  # 0 for a category
    chapter = models.CharField(max_length=32, blank=True)
    block = models.CharField(max_length=32, blank=True)
    position = models.PositiveIntegerField()  # the order of the book
    # The book prints most codes; those that a seventh-character definition makes of them it does not.
    printed = models.BooleanField(default=True, db_default=True)
    terms = models.TextField(blank=True)  # what it includes, one a line
    details = models.JSONField(default=dict)  # what only this system has: HCPCS dates, coverage, kind

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["release", "code"], name="codesets_code_once")]
        indexes = [models.Index(fields=["release", "parent"], name="codesets_code_children")]

    def __str__(self) -> str:
        return display(self.release.system, self.code)


class SearchBook(models.Model):
    """What search keeps of a published release, see codesets.search.index; there is none of any other.

    total: texts that rarities are counted in. first: the id of the code from which places are counted.
    sources, weights: of each unit its place and its weight, packed.
    """

    release = models.OneToOneField(Release, on_delete=models.CASCADE, primary_key=True, related_name="+")
    total = models.PositiveIntegerField()
    first = models.BigIntegerField()
    sources = models.BinaryField()
    weights = models.BinaryField()


class SearchTerm(models.Model):
    """A term of a published release: how many texts have it, its words in them, its units, packed."""

    pk = models.CompositePrimaryKey("release", "term")
    release = models.ForeignKey(
        Release, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    term = models.TextField(db_collation="C")
    count = models.PositiveIntegerField()
    words = models.TextField()
    units = models.BinaryField()


class NoteKind(models.TextChoices):
    INCLUSION_TERM = "inclusion_term", "Inclusion term"
    INCLUDES = "includes", "Includes"
    EXCLUDES1 = "excludes1", "Excludes1"
    EXCLUDES2 = "excludes2", "Excludes2"
    CODE_FIRST = "code_first", "Code first"
    USE_ADDITIONAL = "use_additional", "Use additional code"
    CODE_ALSO = "code_also", "Code also"
    NOTE = "note", "Note"
    SEVENTH_CHARACTER = "seventh_character", "Seventh character"


class Note(models.Model):
    """An instructional note as the book prints it, on a code or on a chapter or block."""

    class Owner(models.TextChoices):
        CODE = "code", "Code"
        CHAPTER = "chapter", "Chapter"
        BLOCK = "block", "Block"

    release = models.ForeignKey(
        Release, on_delete=models.CASCADE, related_name="notes", db_index=False, db_constraint=False
    )
    owner_kind = models.CharField(max_length=8, choices=Owner)
    owner = models.CharField(max_length=32, db_collation="C")
    kind = models.CharField(max_length=20, choices=NoteKind)
    position = models.PositiveIntegerField()  # the order within the release
    text = models.TextField()
    targets = models.JSONField(
        default=list
    )  # [{"from": "E08", "to": "E13"}]: codes and ranges the text names

    class Meta:
        ordering = ["position"]
        indexes = [
            models.Index(fields=["release", "owner_kind", "owner", "position"], name="codesets_note_owner")
        ]


class SeventhCharacter(models.Model):
    """One line of a seventh-character definition, on the code where the book prints it."""

    release = models.ForeignKey(
        Release,
        on_delete=models.CASCADE,
        related_name="seventh_characters",
        db_index=False,
        db_constraint=False,
    )
    code = models.CharField(max_length=10, db_collation="C")
    character = models.CharField(max_length=1)
    meaning = models.TextField()
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["release", "code", "character"], name="codesets_seventh_once"),
        ]


class IndexEntry(models.Model):
    """A main term or subterm of an index, or a row of the neoplasm or drug table, as printed.

    cells: {"2": "C80.1"}, the columns of a table. targets: the stored codes that it leads to. details: what
    is rare, and where a see or see also leads: {"manifestation", "see_category", "use", "see_position"}.
    """

    release = models.ForeignKey(
        Release, on_delete=models.CASCADE, related_name="index", db_index=False, db_constraint=False
    )
    part = models.CharField(max_length=16)  # disease, external_cause, neoplasm, drug, pcs
    position = models.PositiveIntegerField()
    parent = models.PositiveIntegerField(null=True)  # the position of the term above
    level = models.PositiveSmallIntegerField()
    letter = models.CharField(max_length=8)
    title = models.TextField()
    nonessential = models.TextField(blank=True)
    code = models.CharField(max_length=32, blank=True)
    see = models.TextField(blank=True)
    see_also = models.TextField(blank=True)
    cells = models.JSONField(default=dict)
    targets = models.JSONField(default=list)
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["release", "position"], name="codesets_index_position_once")
        ]
        indexes = [
            models.Index(fields=["release", "parent"], name="codesets_index_children"),
            GinIndex(fields=["targets"], name="codesets_index_targets"),
        ]


class Definition(models.Model):
    """What a value of ICD-10-PCS means: a root operation, an approach, a body part, a device."""

    release = models.ForeignKey(
        Release, on_delete=models.CASCADE, related_name="definitions", db_index=False, db_constraint=False
    )
    section = models.CharField(max_length=1)
    axis = models.PositiveSmallIntegerField()
    title = models.TextField()
    definition = models.TextField(blank=True)
    explanation = models.TextField(blank=True)
    includes = models.TextField(blank=True)
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ["position"]
        indexes = [models.Index(fields=["release", "section", "axis"], name="codesets_definition_place")]


class EditEntry(models.Model):
    """A line of an edit table: which list a code is on, and what the list says of it."""

    release = models.ForeignKey(
        Release, on_delete=models.CASCADE, related_name="edits", db_index=False, db_constraint=False
    )
    edit = models.CharField(max_length=32)
    system = models.CharField(max_length=16)  # whose code it is; the table itself where it is one of its own
    code = models.CharField(max_length=16, db_collation="C")
    title = models.TextField(blank=True)
    position = models.PositiveIntegerField()
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ["position"]
        indexes = [models.Index(fields=["release", "code", "edit"], name="codesets_edit_code")]


class EditPair(models.Model):
    """An NCCI procedure-to-procedure edit, in force [effective_from, effective_to), open at null."""

    release = models.ForeignKey(
        Release, on_delete=models.CASCADE, related_name="pairs", db_index=False, db_constraint=False
    )
    column1 = models.CharField(max_length=5, db_collation="C")
    column2 = models.CharField(max_length=5, db_collation="C")
    effective_from = models.DateField()
    effective_to = models.DateField(null=True)
    indicator = models.CharField(max_length=1)
    rationale = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["release", "column1", "column2"], name="codesets_pair_codes")]


class Mark(models.Model):
    """What a student put into the books: a bookmark, a tab with its label, or a note of their own.

    It points to a place by name, not to a row of a release, so that it stays when the next release comes:
    `book` is a code system or an index, `place` a stored code, the name of a chapter or block, or of an index
    its part and letter ("disease/D").
    """

    class Kind(models.TextChoices):
        BOOKMARK = "bookmark", "Bookmark"
        TAB = "tab", "Tab"
        NOTE = "note", "Note"

    class PlaceKind(models.TextChoices):
        CODE = "code", "Code"
        CHAPTER = "chapter", "Chapter"
        BLOCK = "block", "Block"
        LETTER = "letter", "Letter of an index"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind)
    book = models.CharField(max_length=16, choices=LOADABLE_CHOICES)
    place_kind = models.CharField(max_length=8, choices=PlaceKind)
    place = models.CharField(max_length=32, db_collation="C")
    text = models.TextField(blank=True)  # a tab's label, a note's words; a bookmark has none
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["book", "place", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "book", "place_kind", "place", "kind"],
                condition=~Q(kind="note"),
                name="codesets_mark_once",
            ),
            models.CheckConstraint(
                condition=Q(kind="bookmark", text="") | (~Q(kind="bookmark") & ~Q(text="")),
                name="codesets_mark_says_something",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "book", "place"], name="codesets_mark_of_user"),
            models.Index(fields=["book", "place"], name="codesets_mark_place"),
        ]


class CptLicence(models.Model):
    """A licence of the American Medical Association as its holder recorded it. The newest row counts."""

    holder = models.CharField(max_length=120)
    number = models.CharField(max_length=60)
    users = models.PositiveIntegerField()
    expires_on = models.DateField()
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )


class ImportJob(Job):
    """One run of an importer on uploaded files, up to a staged release."""

    task_name = "codesets.tasks.run_import"

    class Step(models.TextChoices):
        READING = "reading", "Reading the file"
        CHECKING = "checking", "Checking"
        LOADING = "loading", "Loading"
        COMPARING = "comparing", "Comparing"

    system = models.CharField(max_length=16, choices=LOADABLE_CHOICES)
    label = models.CharField(max_length=80)
    effective_from = models.DateField()
    # the release that addenda build on
    base = models.ForeignKey(Release, null=True, on_delete=models.SET_NULL, related_name="+")
    step = models.CharField(max_length=16, choices=Step, default=Step.READING)
    rows_read = models.PositiveIntegerField(default=0)
    rows_loaded = models.PositiveIntegerField(default=0)
    rows_total = models.PositiveIntegerField(default=0)
    release = models.ForeignKey(Release, null=True, on_delete=models.SET_NULL, related_name="import_jobs")

    @property
    def file_names(self) -> str:
        return ", ".join(each.name for each in self.files.all())


class ImportFile(models.Model):
    """An uploaded file of a job, with its name as the person knows it. A job that runs again shares it."""

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="files")
    file = models.FileField(upload_to="imports/")
    name = models.CharField(max_length=255)

    class Meta:
        ordering = ["id"]


class ImportFinding(models.Model):
    """What an importer had to say about one line of a file."""

    class Level(models.TextChoices):
        ERROR = "error", "Error"
        WARNING = "warning", "Warning"
        INFORMATION = "information", "Information"

    LEVEL_ORDER: ClassVar[dict[str, int]] = {"error": 0, "warning": 1, "information": 2}

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="findings")
    level = models.CharField(max_length=12, choices=Level)
    line = models.PositiveIntegerField(null=True)
    code = models.CharField(max_length=32, blank=True)
    text = models.TextField()

    class Meta:
        ordering = ["id"]
