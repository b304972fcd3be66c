-- Agents that sign in as pods, and the cluster's own nodes (docs/decisions/0013-agents-sign-in-as-pods.md).

-- null: its agent signs in by a service-account token
ALTER TABLE "node" ALTER COLUMN "credential_hash" DROP NOT NULL;

CREATE TABLE "agent_pod" (
    "node" VARCHAR(253) COLLATE "C" NOT NULL,
    "uid" TEXT NOT NULL,
    "name" VARCHAR(253) NOT NULL,
    "since" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "seen_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "agent_pod_pkey" PRIMARY KEY ("node","uid")
);
ALTER TABLE "agent_pod" ADD CONSTRAINT "agent_pod_node_fkey"
  FOREIGN KEY ("node") REFERENCES "node"("name") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "cluster_node" (
    "name" VARCHAR(253) COLLATE "C" NOT NULL,
    "ready" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "ready_since" TIMESTAMPTZ(6),
    "addresses" JSONB NOT NULL DEFAULT '[]',
    "since" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "cluster_node_pkey" PRIMARY KEY ("name")
);

-- By hand -------------------------------------------------------------------------------------------------------------

GRANT SELECT, INSERT, UPDATE, DELETE ON "agent_pod", "cluster_node" TO "outgate_app";
