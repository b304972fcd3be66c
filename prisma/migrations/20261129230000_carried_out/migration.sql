-- From which live change on the cluster has all of what a change decided; null: nothing of it was ever written there.
CREATE TABLE "carried_out" (
    "change" BIGINT NOT NULL,
    "live" BIGINT,

    CONSTRAINT "carried_out_pkey" PRIMARY KEY ("change")
);

-- By hand -------------------------------------------------------------------------------------------------------------

GRANT SELECT, INSERT, DELETE ON "carried_out" TO "outgate_app";

-- Changes of settings are compared with what the cluster said since; there may be a million live changes of pools.
CREATE INDEX "live_change_settings_idx" ON "live_change"("sequence") WHERE "action" = 'settings.update';
