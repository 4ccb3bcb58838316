from django.db import migrations

TABLES = ("code", "heading", "note", "seventhcharacter")

# Once a release is staged its rows never change: what an attempt was graded under can be read again. The
# checks run once a statement, over the releases that it touched, so COPY keeps its speed.
FUNCTION = """
CREATE FUNCTION codesets_rows_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM codesets_release
        WHERE state <> 'importing' AND id IN (SELECT DISTINCT release_id FROM touched)
    ) THEN
        RAISE EXCEPTION 'the rows of a staged release are immutable' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
"""
TRIGGERS = "".join(
    f"""
CREATE TRIGGER codesets_{table}_immutable_{event.lower()} AFTER {event} ON codesets_{table}
    REFERENCING {transition} TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION codesets_rows_immutable();
"""
    for table in TABLES
    for event, transition in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD"))
)
BACK = "".join(
    f"DROP TRIGGER codesets_{table}_immutable_{event} ON codesets_{table};\n"
    for table in TABLES
    for event in ("insert", "update", "delete")
)


class Migration(migrations.Migration):
    dependencies = [("codesets", "0001_initial")]

    operations = [
        migrations.RunSQL(FUNCTION + TRIGGERS, BACK + "DROP FUNCTION codesets_rows_immutable();"),
    ]
