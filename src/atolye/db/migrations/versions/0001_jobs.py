"""Jobs, models, artefacts, events, audit, AI suggestions, licences, revoked tokens.

Rules that both databases keep by themselves: a job is born ``queued`` and only takes the steps of the state
machine; every step is written to ``audit_log``; a model's status follows its job's state; audit rows stay as
they are, but for the user's pseudonym, which retention removes.
"""

# ruff: noqa: E501, S608 -- SQL is easier to read unbroken, and only constants of this file are put into it
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001_jobs"
down_revision = None
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
PSEUDONYM = "kvkk: pseudonym"
FREE_TEXT = "kvkk: text"

JOB_STATES = "'queued', 'running', 'succeeded', 'failed', 'cancelled'"
MODEL_STATES = "'pending', 'processing', 'completed', 'failed'"


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _now() -> sa.TextClause:
    return sa.text("(strftime('%Y-%m-%d %H:%M:%f000', 'now'))" if _sqlite() else "now()")


def _created() -> "sa.Column[object]":
    return sa.Column("created_at", TIME, nullable=False, server_default=_now())


def _only(column: str, letters: str, longest: int) -> str:
    """SQL for: the column has 1 to ``longest`` of those characters and no others."""
    if _sqlite():
        return f"length({column}) BETWEEN 1 AND {longest} AND {column} NOT GLOB '*[^{letters}]*'"
    return f"{column} ~ '^[{letters}]{{1,{longest}}}$'"


def upgrade() -> None:
    _access()
    _jobs()
    _models()
    _artefacts()
    _records()
    for statement in SQLITE_TRIGGERS if _sqlite() else POSTGRES_TRIGGERS:
        op.execute(sa.text(statement.replace(":", r"\:")))


def downgrade() -> None:
    for table in (
        "artefact_deletions", "artefacts", "ai_suggestions", "models", "job_events", "jobs", "audit_log",
        "revoked_tokens", "licences", "deployed_toolchain",
    ):  # fmt: skip
        op.drop_table(table)
    if not _sqlite():
        for function in ("job_birth", "job_step", "job_record", "audit_keep"):
            op.execute(f"DROP FUNCTION atolye_{function}()")


def _access() -> None:
    op.create_table(
        "deployed_toolchain",
        sa.Column("id", sa.SmallInteger(), nullable=False, server_default="1"),
        sa.Column("freecad_version", sa.String(16), nullable=False),
        sa.Column("occt_version", sa.String(16), nullable=False),
        sa.Column("fingerprint", sa.String(64)),
        sa.Column("recorded_at", TIME, nullable=False, server_default=_now()),
        sa.PrimaryKeyConstraint("id", name="pk_deployed_toolchain"),
        sa.CheckConstraint("id = 1", name="ck_deployed_toolchain_one_row"),
    )
    op.create_table(
        "licences",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("status", sa.String(16), nullable=False, server_default="active"),
        sa.Column("starts_at", TIME),
        sa.Column("expires_at", TIME),
        sa.Column("limits", JSON),
        _created(),
        sa.PrimaryKeyConstraint("id", name="pk_licences"),
        sa.CheckConstraint("status IN ('active', 'suspended')", name="ck_licences_status"),
        sa.CheckConstraint("expires_at > starts_at", name="ck_licences_dates"),
    )
    op.create_index("ix_licences_tenant_id", "licences", ["tenant_id"])
    op.create_table(
        "revoked_tokens",
        sa.Column("jti", sa.String(64), nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("revoked_at", TIME, nullable=False, server_default=_now()),
        sa.PrimaryKeyConstraint("jti", name="pk_revoked_tokens"),
    )
    op.create_index("ix_revoked_tokens_expires_at", "revoked_tokens", ["expires_at"])


def _jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(64), nullable=False, comment=PSEUDONYM),
        sa.Column("request_id", sa.String(64), nullable=False),
        sa.Column("flow", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False, server_default="queued"),
        sa.Column("language", sa.String(2), nullable=False, server_default="en"),
        sa.Column("request", JSON, nullable=False),
        sa.Column("request_sha256", sa.String(64), nullable=False),
        sa.Column("wire_request", JSON, nullable=False),
        sa.Column("idempotency_key", sa.String(255)),
        sa.Column("idempotency_body_sha256", sa.String(64)),
        sa.Column("idempotency_expires_at", TIME),
        sa.Column("warnings", JSON, nullable=False),
        sa.Column("metrics", JSON),
        sa.Column("error", JSON),
        sa.Column("timings", JSON),
        sa.Column("engine", JSON),
        sa.Column("stage", sa.String(32)),
        sa.Column("progress", sa.Float(), nullable=False, server_default="0"),
        sa.Column("runner", sa.String(8), nullable=False),
        sa.Column("attempt", sa.SmallInteger(), nullable=False, server_default="0"),
        sa.Column("owner", sa.String(160)),
        sa.Column("lease_until", TIME),
        sa.Column("cancel_requested_at", TIME),
        _created(),
        sa.Column("started_at", TIME),
        sa.Column("finished_at", TIME),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        sa.CheckConstraint(_only("id", "A-Za-z0-9_-", 64), name="ck_jobs_id"),
        sa.CheckConstraint(_only("request_sha256", "0-9a-f", 64), name="ck_jobs_request_sha256"),
        sa.CheckConstraint(f"state IN ({JOB_STATES})", name="ck_jobs_state"),
        sa.CheckConstraint("runner IN ('pool', 'direct')", name="ck_jobs_runner"),
        sa.CheckConstraint("progress >= 0 AND progress <= 1", name="ck_jobs_progress"),
        sa.CheckConstraint("attempt >= 0", name="ck_jobs_attempt"),
        sa.CheckConstraint(
            "(idempotency_key IS NULL) = (idempotency_expires_at IS NULL)"
            " AND (idempotency_key IS NULL) = (idempotency_body_sha256 IS NULL)",
            name="ck_jobs_idempotency",
        ),
        # A finished job says when, a failed one says why.
        sa.CheckConstraint(
            "(state IN ('succeeded', 'failed', 'cancelled')) = (finished_at IS NOT NULL)",
            name="ck_jobs_finished",
        ),
        sa.CheckConstraint("state <> 'failed' OR error IS NOT NULL", name="ck_jobs_failed"),
    )
    op.create_index("uq_jobs_user_id_idempotency_key", "jobs", ["user_id", "idempotency_key"], unique=True)
    op.create_index("ix_jobs_tenant_id_created_at_id", "jobs", ["tenant_id", "created_at", "id"])
    op.create_index("ix_jobs_state_created_at", "jobs", ["state", "created_at"])
    op.create_index("ix_jobs_user_id_created_at", "jobs", ["user_id", "created_at"])
    op.create_index("ix_jobs_created_at", "jobs", ["created_at"])
    op.create_table(
        "job_events",
        sa.Column("job_id", sa.String(64), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(32), nullable=False),
        sa.Column("data", JSON, nullable=False),
        _created(),
        sa.PrimaryKeyConstraint("job_id", "seq", name="pk_job_events"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_job_events_job_id", ondelete="CASCADE"),
        sa.CheckConstraint("seq > 0", name="ck_job_events_seq"),
        sqlite_with_rowid=False,
    )


def _models() -> None:
    op.create_table(
        "models",
        sa.Column("id", BIG, nullable=False),
        sa.Column("job_id", sa.String(64), nullable=False),
        sa.Column("flow", sa.String(16), nullable=False),
        sa.Column("canonical_params", JSON, nullable=False),
        sa.Column("script_hash", sa.String(64)),
        sa.Column("status", sa.String(16), nullable=False, server_default="pending"),
        _created(),
        sa.PrimaryKeyConstraint("id", name="pk_models"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_models_job_id", ondelete="CASCADE"),
        sa.CheckConstraint(f"status IN ({MODEL_STATES})", name="ck_models_status"),
    )
    op.create_index("ix_models_job_id", "models", ["job_id"])
    op.create_index("ix_models_status_created_at", "models", ["status", "created_at"])


def _artefacts() -> None:
    op.create_table(
        "artefacts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("job_id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("file_type", sa.String(16), nullable=False),
        sa.Column("logical_name", sa.String(255), nullable=False),
        sa.Column("version_seq", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("is_latest", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("key", sa.String(512), nullable=False),
        sa.Column("bucket", sa.String(63), nullable=False),
        sa.Column("region", sa.String(32)),
        sa.Column("version_id", sa.String(128), nullable=False),
        sa.Column("etag", sa.String(128), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("content_type", sa.String(128), nullable=False),
        sa.Column("storage_class", sa.String(32), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("exporter_version", sa.String(64)),
        sa.Column("request_id", sa.String(64)),
        sa.Column("storage_request_id", sa.String(128)),
        sa.Column("metadata", JSON, nullable=False),
        _created(),
        sa.PrimaryKeyConstraint("id", name="pk_artefacts"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_artefacts_job_id", ondelete="CASCADE"),
        sa.UniqueConstraint("job_id", "logical_name", "version_seq", name="uq_artefacts_job_id_logical_name_version_seq"),
        sa.UniqueConstraint("job_id", "key", "version_id", name="uq_artefacts_job_id_key_version_id"),
        sa.CheckConstraint(_only("sha256", "0-9a-f", 64), name="ck_artefacts_sha256"),
        sa.CheckConstraint("size_bytes >= 0", name="ck_artefacts_size_bytes"),
        sa.CheckConstraint("version_seq >= 1", name="ck_artefacts_version_seq"),
    )  # fmt: skip
    op.create_index(
        "uq_artefacts_latest",
        "artefacts",
        ["job_id", "logical_name"],
        unique=True,
        sqlite_where=sa.text("is_latest"),
        postgresql_where=sa.text("is_latest"),
    )
    op.create_index("ix_artefacts_job_id", "artefacts", ["job_id"])
    op.create_index("ix_artefacts_sha256", "artefacts", ["sha256"])
    op.create_index("ix_artefacts_created_at", "artefacts", ["created_at"])
    op.create_table(
        "artefact_deletions",
        sa.Column("id", BIG, nullable=False),
        sa.Column("job_id", sa.String(64), nullable=False),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("bucket", sa.String(63), nullable=False),
        sa.Column("key", sa.String(512), nullable=False),
        sa.Column("version_id", sa.String(128), nullable=False),
        sa.Column("status", sa.String(20), nullable=False, server_default="deletion_pending"),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("last_error", sa.Text()),
        sa.Column("next_try_at", TIME, nullable=False, server_default=_now()),
        _created(),
        sa.PrimaryKeyConstraint("id", name="pk_artefact_deletions"),
        sa.UniqueConstraint(
            "bucket", "key", "version_id", name="uq_artefact_deletions_bucket_key_version_id"
        ),
        sa.CheckConstraint("status IN ('deletion_pending', 'failed')", name="ck_artefact_deletions_status"),
    )
    op.create_index("ix_artefact_deletions_next_try_at", "artefact_deletions", ["next_try_at"])


def _records() -> None:
    op.create_table(
        "ai_suggestions",
        sa.Column("id", BIG, nullable=False),
        sa.Column("job_id", sa.String(64)),
        sa.Column("user_id", sa.String(64), nullable=False, comment=PSEUDONYM),
        sa.Column("request_id", sa.String(64), nullable=False),
        sa.Column("prompt_masked", sa.Text(), nullable=False, comment=FREE_TEXT),
        sa.Column("response", JSON, nullable=False, comment=FREE_TEXT),
        _created(),
        sa.PrimaryKeyConstraint("id", name="pk_ai_suggestions"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_ai_suggestions_job_id", ondelete="CASCADE"),
    )
    op.create_index("ix_ai_suggestions_job_id", "ai_suggestions", ["job_id"])
    op.create_index("ix_ai_suggestions_user_id", "ai_suggestions", ["user_id"])
    op.create_index("ix_ai_suggestions_created_at", "ai_suggestions", ["created_at"])
    # No foreign key: what happened to a job stays known when the job is gone.
    op.create_table(
        "audit_log",
        sa.Column("id", BIG, nullable=False),
        sa.Column("job_id", sa.String(64), nullable=False),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(64), comment=PSEUDONYM),
        sa.Column("request_id", sa.String(64)),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("from_state", sa.String(16)),
        sa.Column("to_state", sa.String(16)),
        sa.Column("detail", JSON),
        sa.Column("detail_sha256", sa.String(64)),
        _created(),
        sa.PrimaryKeyConstraint("id", name="pk_audit_log"),
    )
    op.create_index("ix_audit_log_job_id", "audit_log", ["job_id"])
    op.create_index("ix_audit_log_created_at", "audit_log", ["created_at"])


STEP_ALLOWED = """(
    (OLD.state = 'queued' AND NEW.state IN ('running', 'cancelled', 'failed'))
    OR (OLD.state = 'running' AND NEW.state IN ('succeeded', 'failed', 'cancelled'))
    OR (OLD.state = 'running' AND NEW.state = 'queued' AND NEW.attempt > OLD.attempt)
)"""
"""The last line: a job whose process died goes back into the queue, and that is counted."""

MODEL_STATUS = """CASE NEW.state WHEN 'queued' THEN 'pending' WHEN 'running' THEN 'processing'
    WHEN 'succeeded' THEN 'completed' ELSE 'failed' END"""

AUDIT_COLUMNS = "job_id, tenant_id, user_id, request_id, action, from_state, to_state, detail"

SQLITE_TRIGGERS = (
    """CREATE TRIGGER jobs_birth BEFORE INSERT ON jobs WHEN NEW.state <> 'queued'
    BEGIN SELECT RAISE(ABORT, 'a job begins queued'); END""",
    f"""CREATE TRIGGER jobs_step BEFORE UPDATE OF state ON jobs WHEN NEW.state <> OLD.state AND NOT {STEP_ALLOWED}
    BEGIN SELECT RAISE(ABORT, 'illegal job state transition'); END""",
    f"""CREATE TRIGGER jobs_record_birth AFTER INSERT ON jobs
    BEGIN INSERT INTO audit_log ({AUDIT_COLUMNS}) VALUES
        (NEW.id, NEW.tenant_id, NEW.user_id, NEW.request_id, 'job.state', NULL, NEW.state, NULL); END""",
    f"""CREATE TRIGGER jobs_record_step AFTER UPDATE OF state ON jobs WHEN NEW.state <> OLD.state
    BEGIN INSERT INTO audit_log ({AUDIT_COLUMNS}) VALUES
        (NEW.id, NEW.tenant_id, NEW.user_id, NEW.request_id, 'job.state', OLD.state, NEW.state,
         CASE WHEN NEW.error IS NULL OR NEW.error = 'null' THEN NULL
              ELSE json_object('code', json_extract(NEW.error, '$.code'),
                               'message', json_extract(NEW.error, '$.message_en')) END);
        UPDATE models SET status = {MODEL_STATUS} WHERE job_id = NEW.id; END""",
    """CREATE TRIGGER audit_log_keep BEFORE UPDATE ON audit_log WHEN NOT (
        NEW.user_id IS NULL AND NEW.id = OLD.id AND NEW.job_id = OLD.job_id AND NEW.tenant_id = OLD.tenant_id
        AND NEW.request_id IS OLD.request_id AND NEW.action = OLD.action AND NEW.from_state IS OLD.from_state
        AND NEW.to_state IS OLD.to_state AND NEW.detail IS OLD.detail
        AND NEW.detail_sha256 IS OLD.detail_sha256 AND NEW.created_at = OLD.created_at)
    BEGIN SELECT RAISE(ABORT, 'audit rows are never changed'); END""",
)

POSTGRES_TRIGGERS = (
    """CREATE FUNCTION atolye_job_birth() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.state <> 'queued' THEN
            RAISE EXCEPTION 'a job begins queued' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW; END $$""",
    "CREATE TRIGGER jobs_birth BEFORE INSERT ON jobs FOR EACH ROW EXECUTE FUNCTION atolye_job_birth()",
    f"""CREATE FUNCTION atolye_job_step() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NOT {STEP_ALLOWED} THEN
            RAISE EXCEPTION 'illegal job state transition % -> %', OLD.state, NEW.state
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW; END $$""",
    """CREATE TRIGGER jobs_step BEFORE UPDATE OF state ON jobs FOR EACH ROW
        WHEN (NEW.state <> OLD.state) EXECUTE FUNCTION atolye_job_step()""",
    f"""CREATE FUNCTION atolye_job_record() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE before_state text := NULL;
        BEGIN
        IF TG_OP = 'UPDATE' THEN before_state := OLD.state; END IF;
        INSERT INTO audit_log ({AUDIT_COLUMNS}) VALUES
            (NEW.id, NEW.tenant_id, NEW.user_id, NEW.request_id, 'job.state', before_state, NEW.state,
             CASE WHEN NEW.error IS NULL OR jsonb_typeof(NEW.error) <> 'object' THEN NULL
                  ELSE jsonb_build_object('code', NEW.error->'code', 'message', NEW.error->'message_en') END);
        IF TG_OP = 'UPDATE' THEN
            UPDATE models SET status = {MODEL_STATUS} WHERE job_id = NEW.id;
        END IF;
        RETURN NULL; END $$""",
    "CREATE TRIGGER jobs_record_birth AFTER INSERT ON jobs FOR EACH ROW EXECUTE FUNCTION atolye_job_record()",
    """CREATE TRIGGER jobs_record_step AFTER UPDATE OF state ON jobs FOR EACH ROW
        WHEN (NEW.state <> OLD.state) EXECUTE FUNCTION atolye_job_record()""",
    """CREATE FUNCTION atolye_audit_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.user_id IS NOT NULL OR
           (to_jsonb(NEW) - 'user_id') IS DISTINCT FROM (to_jsonb(OLD) - 'user_id') THEN
            RAISE EXCEPTION 'audit rows are never changed' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW; END $$""",
    "CREATE TRIGGER audit_log_keep BEFORE UPDATE ON audit_log FOR EACH ROW EXECUTE FUNCTION atolye_audit_keep()",
)
