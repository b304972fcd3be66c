-- What the cluster says, with a number line of its own (docs/decisions/0010-two-ledgers.md).

CREATE TABLE "live" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "sequence" BIGINT NOT NULL DEFAULT 0,
    "revision" TEXT NOT NULL,
    "pool_sum" TEXT NOT NULL DEFAULT '0',
    "settings" JSONB NOT NULL,
    "hosts" JSONB NOT NULL DEFAULT '[]',
    "epoch" BIGINT NOT NULL DEFAULT 0,
    "leader" TEXT,
    "watch" JSONB NOT NULL DEFAULT '{}',
    "heard_at" TIMESTAMPTZ(6),

    CONSTRAINT "live_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "live_pool" (
    "name" VARCHAR(253) COLLATE "C" NOT NULL,
    "uid" TEXT NOT NULL,
    "resource_version" TEXT NOT NULL,
    "object" JSONB NOT NULL,
    "seen_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "live_pool_pkey" PRIMARY KEY ("name")
);

CREATE TABLE "live_change" (
    "sequence" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "pools" TEXT[],
    "revision" TEXT NOT NULL,
    "before" JSONB,
    "after" JSONB,
    "cause" BIGINT,

    CONSTRAINT "live_change_pkey" PRIMARY KEY ("sequence")
);
CREATE INDEX "live_change_pools_idx" ON "live_change" USING GIN ("pools");
CREATE INDEX "live_change_cause_idx" ON "live_change"("cause");
CREATE INDEX "live_change_at_idx" ON "live_change"("at");

CREATE TABLE "sync" (
    "name" VARCHAR(253) COLLATE "C" NOT NULL,
    "policy" TEXT NOT NULL DEFAULT 'ask',
    "state" TEXT NOT NULL DEFAULT 'Pending',
    "reason" TEXT NOT NULL DEFAULT 'WaitingForCluster',
    "detail" JSONB NOT NULL DEFAULT '{}',
    "since" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "applied_uid" TEXT,
    "applied_version" BIGINT,
    "applied_spec" JSONB,
    "force_version" BIGINT,
    "deleted_by" BIGINT,

    CONSTRAINT "sync_pkey" PRIMARY KEY ("name")
);

-- By hand -------------------------------------------------------------------------------------------------------------

ALTER TABLE "live" ADD CONSTRAINT "live_one_row" CHECK ("id" = 1);
-- Its numbers begin at 2^40: they never meet those of "change" (server/state/ledger.ts).
INSERT INTO "live" ("id", "sequence", "revision", "settings") VALUES (1, 1099511627776, 'e7d63011beb3ba07', '{"global": {}, "nodes": {}}');

CREATE TRIGGER "append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "live_change"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_rewriting_history"();
ALTER TABLE "live_change" ENABLE ALWAYS TRIGGER "append_only";

GRANT SELECT, INSERT ON "live_change" TO "outgate_app";
GRANT SELECT, UPDATE ON "live" TO "outgate_app";
GRANT SELECT, INSERT, UPDATE, DELETE ON "live_pool", "sync" TO "outgate_app";
