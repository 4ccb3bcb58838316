from django.db import migrations

# The trail only grows: no UPDATE, no DELETE, whoever asks.
AUDIT = """
CREATE FUNCTION accounts_audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER accounts_audit_append_only BEFORE UPDATE OR DELETE ON accounts_auditentry
    FOR EACH ROW EXECUTE FUNCTION accounts_audit_append_only();
"""
AUDIT_BACK = """
DROP TRIGGER accounts_audit_append_only ON accounts_auditentry;
DROP FUNCTION accounts_audit_append_only();
"""
# The table of django.core.cache.backends.db.DatabaseCache, as `createcachetable` makes it.
CACHE = """
CREATE TABLE accounts_cache (
    cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamp with time zone NOT NULL
);
CREATE INDEX accounts_cache_expires ON accounts_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.RunSQL(AUDIT, AUDIT_BACK),
        migrations.RunSQL(CACHE, "DROP TABLE accounts_cache"),
    ]
