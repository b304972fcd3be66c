-- Uses of force that did nothing: what was seen when each was decided had moved before it was applied.
CREATE TABLE "void_force" (
    "change" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "why" TEXT NOT NULL,

    CONSTRAINT "void_force_pkey" PRIMARY KEY ("change")
);

-- By hand -------------------------------------------------------------------------------------------------------------

CREATE TRIGGER "append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "void_force"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_rewriting_history"();
ALTER TABLE "void_force" ENABLE ALWAYS TRIGGER "append_only";

GRANT SELECT, INSERT ON "void_force" TO "outgate_app";
