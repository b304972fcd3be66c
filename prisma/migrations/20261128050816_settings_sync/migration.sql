-- FelixConfigurations as the cluster has them, and how our NAT settings stand there (docs/decisions/0020-settings-field-by-field.md).

CREATE TABLE "live_felix" (
    "name" VARCHAR(253) COLLATE "C" NOT NULL,
    "uid" TEXT NOT NULL,
    "resource_version" TEXT NOT NULL,
    "object" JSONB NOT NULL,
    "seen_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "live_felix_pkey" PRIMARY KEY ("name")
);

CREATE TABLE "settings_sync" (
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

    CONSTRAINT "settings_sync_pkey" PRIMARY KEY ("name")
);

-- By hand -------------------------------------------------------------------------------------------------------------

GRANT SELECT, INSERT, UPDATE, DELETE ON "live_felix", "settings_sync" TO "outgate_app";
