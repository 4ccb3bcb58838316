import django.db.models.deletion
from django.db import migrations, models

from codesets.search import index

# Packed as they are: to compress them would cost each search the time to unpack them.
STORAGE = """
ALTER TABLE codesets_searchterm ALTER COLUMN units SET STORAGE EXTERNAL;
ALTER TABLE codesets_searchbook
    ALTER COLUMN sources SET STORAGE EXTERNAL, ALTER COLUMN weights SET STORAGE EXTERNAL;
"""


def build(apps, schema_editor):
    """What is published already can be searched too."""
    published = apps.get_model("codesets", "Release").objects.filter(state="published")
    for release_id in published.values_list("pk", flat=True):
        index.build(release_id)


class Migration(migrations.Migration):
    dependencies = [("codesets", "0005_marks")]

    operations = [
        migrations.RemoveIndex("code", "codesets_code_words"),
        migrations.RemoveField("code", "words"),
        migrations.CreateModel(
            "SearchBook",
            [
                (
                    "release",
                    models.OneToOneField(
                        "codesets.Release",
                        django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                    ),
                ),
                ("total", models.PositiveIntegerField()),
                ("first", models.BigIntegerField()),
                ("sources", models.BinaryField()),
                ("weights", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            "SearchTerm",
            [
                ("pk", models.CompositePrimaryKey("release", "term", primary_key=True, serialize=False)),
                (
                    "release",
                    models.ForeignKey(
                        "codesets.Release",
                        django.db.models.deletion.CASCADE,
                        related_name="+",
                        db_index=False,
                        db_constraint=False,
                    ),
                ),
                ("term", models.TextField(db_collation="C")),
                ("count", models.PositiveIntegerField()),
                ("words", models.TextField()),
                ("units", models.BinaryField()),
            ],
        ),
        migrations.RunSQL(STORAGE, migrations.RunSQL.noop),
        migrations.RunPython(build, migrations.RunPython.noop),
    ]
