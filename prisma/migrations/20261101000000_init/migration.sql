-- The tables are `prisma migrate diff --from-empty`; the collations and everything below "By hand" are not Prisma's.
-- Names are compared byte by byte (COLLATE "C"), so that cursors mean the same in every database.

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "pool" (
    "name" VARCHAR(253) COLLATE "C" NOT NULL,
    "spec" JSONB NOT NULL,
    "cidr" cidr NOT NULL,
    "sequence" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "pool_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "desired" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "sequence" BIGINT NOT NULL DEFAULT 0,
    "revision" TEXT NOT NULL,
    "pool_sum" TEXT NOT NULL DEFAULT '0',
    "settings" JSONB NOT NULL,
    "settings_version" INTEGER NOT NULL DEFAULT 1,
    "hosts" JSONB NOT NULL DEFAULT '[]',

    CONSTRAINT "desired_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "change" (
    "sequence" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor_id" TEXT,
    "actor" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "pools" TEXT[],
    "reason" TEXT,
    "revision" TEXT NOT NULL,
    "before" JSONB,
    "after" JSONB,

    CONSTRAINT "change_pkey" PRIMARY KEY ("sequence")
);

-- CreateTable
CREATE TABLE "node" (
    "name" VARCHAR(253) COLLATE "C" NOT NULL,
    "credential_hash" TEXT NOT NULL,
    "joined_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "seen_at" TIMESTAMPTZ(6),
    "reported_at" TIMESTAMPTZ(6),
    "state" TEXT NOT NULL DEFAULT 'Pending',
    "backend" TEXT,
    "revision" TEXT,
    "sequence" BIGINT,
    "conditions" JSONB NOT NULL DEFAULT '[]',
    "facts" JSONB,

    CONSTRAINT "node_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "report" (
    "node" VARCHAR(253) COLLATE "C" NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "body" JSONB NOT NULL,

    CONSTRAINT "report_pkey" PRIMARY KEY ("node")
);

-- CreateTable
CREATE TABLE "holding" (
    "node" VARCHAR(253) COLLATE "C" NOT NULL,
    "sequence" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "holding_pkey" PRIMARY KEY ("node","sequence")
);

-- CreateTable
CREATE TABLE "sample" (
    "node" VARCHAR(253) COLLATE "C" NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "natted_v4" BIGINT NOT NULL,
    "natted_v6" BIGINT NOT NULL,

    CONSTRAINT "sample_pkey" PRIMARY KEY ("node","at")
);

-- CreateTable
CREATE TABLE "join_token" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(6),
    "revoked_at" TIMESTAMPTZ(6),
    "last_used_at" TIMESTAMPTZ(6),
    "uses" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "join_token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "setup_token" (
    "hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "used_at" TIMESTAMPTZ(6),

    CONSTRAINT "setup_token_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "server_secret" (
    "name" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "server_secret_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "user" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "email_verified" BOOLEAN NOT NULL DEFAULT false,
    "image" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "role" TEXT NOT NULL DEFAULT 'viewer',
    "banned" BOOLEAN DEFAULT false,
    "ban_reason" TEXT,
    "ban_expires" TIMESTAMPTZ(6),

    CONSTRAINT "user_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "session" (
    "id" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "token" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ip_address" TEXT,
    "user_agent" TEXT,
    "user_id" TEXT NOT NULL,
    "impersonated_by" TEXT,

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "account" (
    "id" TEXT NOT NULL,
    "account_id" TEXT NOT NULL,
    "provider_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "access_token" TEXT,
    "refresh_token" TEXT,
    "id_token" TEXT,
    "access_token_expires_at" TIMESTAMPTZ(6),
    "refresh_token_expires_at" TIMESTAMPTZ(6),
    "scope" TEXT,
    "password" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "verification" (
    "id" TEXT NOT NULL,
    "identifier" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "verification_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rate_limit" (
    "id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "last_request" BIGINT NOT NULL,

    CONSTRAINT "rate_limit_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "pool_cidr_idx" ON "pool" USING GIST ("cidr" inet_ops);

-- CreateIndex
CREATE INDEX "change_pools_idx" ON "change" USING GIN ("pools");

-- CreateIndex
CREATE INDEX "change_actor_idx" ON "change"("actor");

-- CreateIndex
CREATE INDEX "change_at_idx" ON "change"("at");

-- CreateIndex
CREATE UNIQUE INDEX "node_credential_hash_key" ON "node"("credential_hash");

-- CreateIndex
CREATE UNIQUE INDEX "join_token_hash_key" ON "join_token"("hash");

-- CreateIndex
CREATE UNIQUE INDEX "user_email_key" ON "user"("email");

-- CreateIndex
CREATE UNIQUE INDEX "session_token_key" ON "session"("token");

-- CreateIndex
CREATE UNIQUE INDEX "rate_limit_key_key" ON "rate_limit"("key");

-- AddForeignKey
ALTER TABLE "report" ADD CONSTRAINT "report_node_fkey" FOREIGN KEY ("node") REFERENCES "node"("name") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "holding" ADD CONSTRAINT "holding_node_fkey" FOREIGN KEY ("node") REFERENCES "node"("name") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sample" ADD CONSTRAINT "sample_node_fkey" FOREIGN KEY ("node") REFERENCES "node"("name") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "session" ADD CONSTRAINT "session_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "account" ADD CONSTRAINT "account_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- By hand -------------------------------------------------------------------------------------------------------------

-- There is one desired state. Its revision is that of no pools and no settings (core/wire/revision.ts).
ALTER TABLE "desired" ADD CONSTRAINT "desired_one_row" CHECK ("id" = 1);
INSERT INTO "desired" ("id", "revision", "settings") VALUES (1, 'e7d63011beb3ba07', '{"global": {}, "nodes": {}}');

-- What was done stays written: no role may change or remove a change, the owner of the table included. ALWAYS: also
-- where session_replication_role would silence ordinary triggers. A statement trigger refuses even what hits no row.
CREATE FUNCTION "refuse_rewriting_history"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'change is append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER "append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "change"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_rewriting_history"();
ALTER TABLE "change" ENABLE ALWAYS TRIGGER "append_only";

-- The application works as outgate_app, which owns nothing. Roles belong to the whole server: another database's
-- migration may make it at the same moment.
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'outgate_app') THEN
    CREATE ROLE "outgate_app" NOLOGIN;
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
DO $$ BEGIN
  IF NOT pg_has_role(current_user, 'outgate_app', 'SET') THEN
    EXECUTE format('GRANT "outgate_app" TO %I WITH SET TRUE, INHERIT FALSE', current_user);
  END IF;
END $$;

GRANT USAGE ON SCHEMA "public" TO "outgate_app";
GRANT SELECT, INSERT ON "change", "server_secret" TO "outgate_app";
GRANT SELECT, UPDATE ON "desired" TO "outgate_app";
GRANT SELECT, INSERT, UPDATE, DELETE ON
  "pool", "node", "report", "holding", "sample", "join_token", "setup_token",
  "user", "session", "account", "verification", "rate_limit"
TO "outgate_app";
