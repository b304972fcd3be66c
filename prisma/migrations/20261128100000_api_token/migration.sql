-- What programs sign in with: by the hash of its secret, with a role of its own.

CREATE TABLE "api_token" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "owner_id" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(6),
    "revoked_at" TIMESTAMPTZ(6),
    "last_used_at" TIMESTAMPTZ(6),

    CONSTRAINT "api_token_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "api_token_hash_key" ON "api_token"("hash");
CREATE INDEX "api_token_owner_id_idx" ON "api_token"("owner_id");

-- An account that is removed takes its tokens with it.
ALTER TABLE "api_token" ADD CONSTRAINT "api_token_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- By hand -------------------------------------------------------------------------------------------------------------

-- History names a change's author by owner and token: of those that are not revoked, no two may be called the same.
CREATE UNIQUE INDEX "api_token_owner_name_key" ON "api_token"("owner_id", "name") WHERE "revoked_at" IS NULL;

-- Of a token nothing changes but when it was used and that it is revoked.
GRANT SELECT, INSERT, DELETE, UPDATE ("revoked_at", "last_used_at") ON "api_token" TO "outgate_app";
