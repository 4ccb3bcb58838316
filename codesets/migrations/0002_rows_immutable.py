from django.db import migrations

TABLES = ("code", "heading", "note", "seventhcharacter")

# Once a release is staged its rows never change: what an attempt was graded under can be read again. The
# checks run once a statement, over the releases that it touched, so COPY keeps its speed; they stand for the
# foreign keys too, which would be checked for each row.
FUNCTIONS = """
CREATE FUNCTION codesets_rows_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM (SELECT DISTINCT release_id FROM touched) rows
        LEFT JOIN codesets_release release ON release.id = rows.release_id
        WHERE release.state IS DISTINCT FROM 'importing'
    ) THEN
        RAISE EXCEPTION 'rows change only during the import'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION codesets_release_keeps_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM codesets_code WHERE release_id = OLD.id) THEN
        RAISE EXCEPTION 'a release is deleted after its rows' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER codesets_release_keeps_rows BEFORE DELETE ON codesets_release
    FOR EACH ROW EXECUTE FUNCTION codesets_release_keeps_rows();
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
BACK += """
DROP FUNCTION codesets_rows_immutable();
DROP TRIGGER codesets_release_keeps_rows ON codesets_release;
DROP FUNCTION codesets_release_keeps_rows();
"""


class Migration(migrations.Migration):
    dependencies = [("codesets", "0001_initial")]

    operations = [
        migrations.RunSQL(FUNCTIONS + TRIGGERS, BACK),
    ]
