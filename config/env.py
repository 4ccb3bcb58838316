"""The environment, read once and checked: every variable that Chartroom knows stands here."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import environ

from config.local.paths import bundled_database_url, bundled_redis_url, secret_key

# PORT is the supervisor's (config.local), DEMO_PASSWORD the demonstration's accounts'.
VARIABLES = (
    *("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DEBUG", "DEMO", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS"),
    *("EMAIL_URL", "DATA_DIR", "MEDIA_ROOT", "PORT", "DEMO_PASSWORD", "LOG_LEVEL", "PROXY_SSL_HEADER"),
)

BASE_DIR = Path(__file__).resolve().parent.parent


class EnvironmentProblem(Exception):
    """A setting that cannot be used. The message is one sentence that says what to do."""


@dataclass(frozen=True)
class Environment:
    """What settings.py needs, in its types."""

    base_dir: Path
    data_dir: Path
    media_root: Path
    debug: bool
    demo: bool
    secret_key: str
    database: dict[str, Any]
    database_is_bundled: bool
    redis_url: str
    email: dict[str, Any] | None
    allowed_hosts: list[str]
    csrf_trusted_origins: list[str]
    proxy_ssl_header: tuple[str, str] | None
    log_level: str

    @property
    def broker_url(self) -> str:
        """Kombu spells a unix socket `redis+socket://`, redis-py spells it `unix://`."""
        return self.redis_url.replace("unix://", "redis+socket://", 1)


def read() -> Environment:
    """Raises EnvironmentProblem."""
    env = environ.Env()
    data_dir = Path(env.str("DATA_DIR", default=str(BASE_DIR / ".data"))).resolve()
    debug = env.bool("DEBUG", default=False)
    database_url = env.str("DATABASE_URL", default="")
    email_url = env.str("EMAIL_URL", default="")
    return Environment(
        base_dir=BASE_DIR,
        data_dir=data_dir,
        media_root=Path(env.str("MEDIA_ROOT", default=str(data_dir / "media"))),
        debug=debug,
        demo=env.bool("DEMO", default=False),
        secret_key=_secret_key(env, data_dir),
        database=_database(database_url or bundled_database_url(data_dir)),
        database_is_bundled=not database_url,
        redis_url=env.str("REDIS_URL", default="") or bundled_redis_url(data_dir),
        email=env.email_url_config(email_url) if email_url else None,
        allowed_hosts=env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"]),
        csrf_trusted_origins=env.list("CSRF_TRUSTED_ORIGINS", default=[]),
        proxy_ssl_header=_proxy_ssl_header(env.str("PROXY_SSL_HEADER", default="")),
        log_level=env.str("LOG_LEVEL", default="INFO").upper(),
    )


def _secret_key(env: environ.Env, data_dir: Path) -> str:
    key = env.str("SECRET_KEY", default="") or secret_key(data_dir)
    if not key:
        raise EnvironmentProblem(
            "SECRET_KEY is not set: set it to a long random text, or set DATA_DIR to the folder of a "
            "demonstration that `make run` has made."
        )
    return key


def _database(url: str) -> dict[str, Any]:
    problem = EnvironmentProblem(
        "DATABASE_URL cannot be read: it should look like postgresql://user:password@host:5432/name, "
        "or postgresql://user@/name?host=/folder/of/the/socket."
    )
    try:
        database = dict(environ.Env.db_url_config(url))
    except Exception as error:
        raise problem from error
    if database.get("ENGINE") != "django.db.backends.postgresql" or not database.get("NAME"):
        raise problem
    # A socket's folder arrives as a query option; Django wants it as the host.
    host = database.get("OPTIONS", {}).pop("host", None)
    if host:
        database["HOST"] = host
    return database


def _proxy_ssl_header(value: str) -> tuple[str, str] | None:
    """`X-Forwarded-Proto: https` becomes the pair that Django's SECURE_PROXY_SSL_HEADER takes."""
    if not value:
        return None
    name, separator, content = value.partition(":")
    if not separator or not content.strip():
        raise EnvironmentProblem("PROXY_SSL_HEADER should look like `X-Forwarded-Proto: https`.")
    return "HTTP_" + name.strip().upper().replace("-", "_"), content.strip()


def explain(error: Exception) -> str | None:
    """One sentence for an error whose cause is the environment; None for one that is a defect."""
    from django.db.utils import OperationalError

    if isinstance(error, EnvironmentProblem):
        return str(error)
    if (
        isinstance(error, OperationalError)
        and error.__cause__
        and not getattr(error.__cause__, "pgcode", None)
    ):
        environment = read()
        if environment.database_is_bundled:
            return (
                f"No database runs for DATA_DIR={environment.data_dir}: start it with `make run`, "
                "or set DATABASE_URL to a server that runs."
            )
        detail = " ".join(str(error).split())
        return (
            f"The database of DATABASE_URL cannot be reached ({detail}): check the address and that it runs."
        )
    return None
