"""Which FreeCAD and OCCT made a model, its revisions, its topology's hashes, and what can be queried in metadata.

Models that are being made or are finished must say which toolchain made them: the versions are filled in from
their artefacts' metadata, and where that is impossible the migration refuses and changes nothing.
"""

# ruff: noqa: E501, S608 -- SQL is easier to read unbroken, and only constants of this file are put into it
import sqlalchemy as sa
from alembic import op

from atolye.db.toolchain import assert_toolchain_compat, refuse

revision = "0002_toolchain"
down_revision = "0001_jobs"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)

FREECAD = r"^1\.1\.\d+$"
OCCT = r"^7\.[89]\.\d+$"
SQLITE_FREECAD = (
    "(NEW.freecad_version GLOB '1.1.[0-9]*' AND substr(NEW.freecad_version, 5) NOT GLOB '*[^0-9]*')"
)
SQLITE_OCCT = "(NEW.occt_version GLOB '7.[89].[0-9]*' AND substr(NEW.occt_version, 5) NOT GLOB '*[^0-9]*')"
SHAPE_KINDS = "'Solid', 'Shell', 'Face', 'Edge', 'Vertex'"


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def upgrade() -> None:
    assert_toolchain_compat(op.get_bind())
    _columns()
    _backfill()
    _guard()
    _rules()
    _topology()
    for statement in SQLITE_TRIGGERS if _sqlite() else POSTGRES_OBJECTS:
        op.execute(sa.text(statement.replace(":", r"\:")))


def downgrade() -> None:
    if _sqlite():
        for trigger in (
            "artefacts_assembly",
            "models_revision",
            "models_toolchain_insert",
            "models_toolchain_update",
        ):
            op.execute(f"DROP TRIGGER {trigger}")
    else:
        op.execute("DROP TRIGGER artefacts_assembly ON artefacts")
        op.execute("DROP FUNCTION atolye_artefact_assembly()")
        op.execute("DROP TRIGGER models_revision ON models")
        op.execute("DROP FUNCTION atolye_model_revision()")
        op.execute("DROP FUNCTION assert_toolchain_compat()")
        for index in ("metadata", "metadata_path", "assembly4_constraints", "document_index"):
            op.drop_index(f"ix_artefacts_{index}", "artefacts")
    op.drop_table("topology_hashes")
    for index in ("freecad_version_occt_version", "freecad_doc_uuid", "model_rev", "parent_model_id"):
        op.drop_index(f"ix_models_{index}", "models")
    op.drop_index("uq_models_freecad_doc_uuid_model_rev", "models")
    for column in (
        "doc_schema_version", "freecad_doc_uuid", "parent_model_id", "model_rev", "occt_version", "freecad_version",
    ):  # fmt: skip
        op.drop_column("models", column)


def _columns() -> None:
    # On SQLite model_rev is empty until the trigger has counted it: a trigger cannot change the row being
    # inserted, and a default of 1 would collide with the parent's revision before it could be raised.
    first = None if _sqlite() else "1"
    op.add_column("models", sa.Column("freecad_version", sa.String(16)))
    op.add_column("models", sa.Column("occt_version", sa.String(16)))
    op.add_column("models", sa.Column("model_rev", sa.Integer(), nullable=_sqlite(), server_default=first))
    op.add_column("models", sa.Column("freecad_doc_uuid", sa.Uuid()))
    op.add_column(
        "models", sa.Column("doc_schema_version", sa.SmallInteger(), nullable=False, server_default="110")
    )
    # In words, since SQLite takes (and gives up) a foreign key only with its column.
    op.execute(
        "ALTER TABLE models ADD COLUMN parent_model_id BIGINT"
        " CONSTRAINT fk_models_parent_model_id REFERENCES models(id) ON DELETE SET NULL"
    )
    if _sqlite():
        op.execute("UPDATE models SET model_rev = 1")
    op.create_index("ix_models_freecad_version_occt_version", "models", ["freecad_version", "occt_version"])
    op.create_index("ix_models_freecad_doc_uuid", "models", ["freecad_doc_uuid"])
    op.create_index("ix_models_model_rev", "models", ["model_rev"])
    op.create_index("ix_models_parent_model_id", "models", ["parent_model_id"])
    op.create_index(
        "uq_models_freecad_doc_uuid_model_rev",
        "models",
        ["freecad_doc_uuid", "model_rev"],
        unique=True,
        sqlite_where=sa.text("freecad_doc_uuid IS NOT NULL"),
        postgresql_where=sa.text("freecad_doc_uuid IS NOT NULL"),
    )


def _backfill() -> None:
    """Versions from the metadata of the job's artefacts, else, for models not begun, from the deployed toolchain."""
    for column, program in (("freecad_version", "freecad"), ("occt_version", "occt")):
        recorded = (
            f"json_extract(artefacts.metadata, '$.{program}.version')"
            if _sqlite()
            else f"artefacts.metadata->'{program}'->>'version'"
        )
        op.execute(
            f"UPDATE models SET {column} = (SELECT min({recorded}) FROM artefacts"
            f" WHERE artefacts.job_id = models.job_id AND {recorded} IS NOT NULL) WHERE {column} IS NULL"
        )
        op.execute(
            f"UPDATE models SET {column} = (SELECT {column} FROM deployed_toolchain)"
            f" WHERE {column} IS NULL AND status IN ('pending', 'failed')"
        )


def _guard() -> None:
    """Refuses when a model would break the rules that are about to hold."""
    import re

    rows = (
        op.get_bind().execute(sa.text("SELECT id, status, freecad_version, occt_version FROM models")).all()
    )
    broken = [
        row.id
        for row in rows
        if not re.match(FREECAD, row.freecad_version or "") or not re.match(OCCT, row.occt_version or "")
    ]
    if broken:
        refuse(
            f"{len(broken)} models do not say that FreeCAD 1.1.x and OCCT 7.8-7.9 made them (ids {broken[:5]});"
            " delete their jobs or record the versions in their artefacts' metadata"
        )


def _rules() -> None:
    if _sqlite():
        return  # by triggers
    op.alter_column("models", "freecad_version", nullable=False)
    op.alter_column("models", "occt_version", nullable=False)
    op.create_check_constraint("ck_models_freecad_version", "models", f"freecad_version ~ '{FREECAD}'")
    op.create_check_constraint("ck_models_occt_version", "models", f"occt_version ~ '{OCCT}'")


def _topology() -> None:
    now = "(strftime('%Y-%m-%d %H:%M:%f000', 'now'))" if _sqlite() else "now()"
    op.create_table(
        "topology_hashes",
        sa.Column("id", BIG, nullable=False),
        sa.Column("artefact_id", BIG, nullable=False),
        sa.Column("object_path", sa.Text(), nullable=False),
        sa.Column("shape_kind", sa.Text(), nullable=False),
        sa.Column("topo_hash", sa.Text(), nullable=False),
        sa.Column("occt_algo_version", sa.String(16), nullable=False, server_default="7.9.x"),
        sa.Column("created_at", TIME, nullable=False, server_default=sa.text(now)),
        sa.PrimaryKeyConstraint("id", name="pk_topology_hashes"),
        sa.ForeignKeyConstraint(
            ["artefact_id"], ["artefacts.id"], name="fk_topology_hashes_artefact_id", ondelete="CASCADE"
        ),
        sa.UniqueConstraint(
            "artefact_id",
            "object_path",
            "shape_kind",
            name="uq_topology_hashes_artefact_id_object_path_shape_kind",
        ),
        sa.CheckConstraint(f"shape_kind IN ({SHAPE_KINDS})", name="ck_topology_hashes_shape_kind"),
    )
    op.create_index("ix_topology_hashes_topo_hash", "topology_hashes", ["topo_hash"])
    op.create_index("ix_topology_hashes_artefact_id", "topology_hashes", ["artefact_id"])
    op.create_index("ix_topology_hashes_occt_algo_version", "topology_hashes", ["occt_algo_version"])


SQLITE_TRIGGERS = (
    f"""CREATE TRIGGER models_toolchain_insert BEFORE INSERT ON models
    WHEN {SQLITE_FREECAD} IS NOT 1 OR {SQLITE_OCCT} IS NOT 1
    BEGIN SELECT RAISE(ABORT, 'freecad_version must be 1.1.x and occt_version 7.8.x or 7.9.x'); END""",
    f"""CREATE TRIGGER models_toolchain_update BEFORE UPDATE OF freecad_version, occt_version, model_rev ON models
    WHEN {SQLITE_FREECAD} IS NOT 1 OR {SQLITE_OCCT} IS NOT 1 OR NEW.model_rev IS NULL
    BEGIN SELECT RAISE(ABORT, 'freecad_version must be 1.1.x and occt_version 7.8.x or 7.9.x'); END""",
    """CREATE TRIGGER models_revision AFTER INSERT ON models WHEN NEW.parent_model_id IS NOT NULL OR NEW.model_rev IS NULL
    BEGIN UPDATE models SET model_rev = CASE WHEN NEW.parent_model_id IS NULL THEN 1 ELSE
        (SELECT max(model_rev) + 1 FROM models AS kin
         WHERE kin.id = NEW.parent_model_id OR kin.freecad_doc_uuid = NEW.freecad_doc_uuid) END
        WHERE id = NEW.id; END""",
    """CREATE TRIGGER artefacts_assembly BEFORE INSERT ON artefacts
    WHEN NEW.file_type = 'fcstd' AND json_type(NEW.metadata, '$.assembly4.constraints') IS NOT 'array'
        AND (SELECT flow FROM jobs WHERE id = NEW.job_id) = 'a4'
    BEGIN SELECT RAISE(ABORT, 'an assembly''s FCStd needs assembly4.constraints in its metadata'); END""",
)

POSTGRES_OBJECTS = (
    """CREATE FUNCTION atolye_model_revision() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        SELECT max(kin.model_rev) + 1 INTO NEW.model_rev FROM models AS kin
            WHERE kin.id = NEW.parent_model_id OR kin.freecad_doc_uuid = NEW.freecad_doc_uuid;
        RETURN NEW; END $$""",
    """CREATE TRIGGER models_revision BEFORE INSERT ON models FOR EACH ROW
        WHEN (NEW.parent_model_id IS NOT NULL) EXECUTE FUNCTION atolye_model_revision()""",
    """CREATE FUNCTION atolye_artefact_assembly() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF (SELECT flow FROM jobs WHERE id = NEW.job_id) = 'a4'
           AND jsonb_typeof(NEW.metadata->'assembly4'->'constraints') IS DISTINCT FROM 'array' THEN
            RAISE EXCEPTION 'an assembly''s FCStd needs assembly4.constraints in its metadata'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW; END $$""",
    """CREATE TRIGGER artefacts_assembly BEFORE INSERT ON artefacts FOR EACH ROW
        WHEN (NEW.file_type = 'fcstd') EXECUTE FUNCTION atolye_artefact_assembly()""",
    r"""CREATE FUNCTION assert_toolchain_compat() RETURNS void LANGUAGE plpgsql AS $$
        DECLARE deployed record;
        BEGIN
        SELECT freecad_version, occt_version INTO deployed FROM deployed_toolchain;
        IF FOUND AND NOT (deployed.freecad_version ~ '^1\.1\.\d+$' AND deployed.occt_version ~ '^7\.[89]\.\d+$') THEN
            RAISE EXCEPTION 'deployed toolchain FreeCAD %, OCCT % is not supported',
                deployed.freecad_version, deployed.occt_version;
        END IF; END $$""",
    "CREATE INDEX ix_artefacts_metadata ON artefacts USING gin (metadata)",
    "CREATE INDEX ix_artefacts_metadata_path ON artefacts USING gin (metadata jsonb_path_ops)",
    """CREATE INDEX ix_artefacts_assembly4_constraints ON artefacts
        USING gin ((metadata->'assembly4'->'constraints') jsonb_path_ops)""",
    """CREATE INDEX ix_artefacts_document_index ON artefacts
        USING gin ((metadata->'freecad'->'document_index') jsonb_path_ops)""",
)
