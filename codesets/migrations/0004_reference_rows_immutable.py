from django.db import migrations

TABLES = ("indexentry", "definition", "editentry", "editpair")

# The rows of indexes, definitions and edit tables are held like those of the code systems (0002), and a
# release goes after all of its rows, of whatever sort.
KEEPS_ROWS = """
CREATE OR REPLACE FUNCTION codesets_release_keeps_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM codesets_code WHERE release_id = OLD.id){more} THEN
        RAISE EXCEPTION 'a release is deleted after its rows' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END $$;
"""
MORE = "".join(
    f"\n    OR EXISTS (SELECT 1 FROM codesets_{table} WHERE release_id = OLD.id)" for table in TABLES
)
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
    dependencies = [("codesets", "0003_reference_books")]

    operations = [
        migrations.RunSQL(
            KEEPS_ROWS.replace("{more}", MORE) + TRIGGERS, BACK + KEEPS_ROWS.replace("{more}", "")
        ),
    ]
