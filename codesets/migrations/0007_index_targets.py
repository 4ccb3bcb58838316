from django.contrib.postgres.indexes import GinIndex
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("codesets", "0006_search")]

    operations = [
        migrations.AddIndex("IndexEntry", GinIndex(fields=["targets"], name="codesets_index_targets")),
    ]
