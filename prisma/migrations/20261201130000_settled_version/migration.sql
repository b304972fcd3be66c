-- The last version that a leader noted as Synced: of what is sent since some may be carried out late.
ALTER TABLE "sync" ADD COLUMN "settled_version" BIGINT;
ALTER TABLE "settings_sync" ADD COLUMN "settled_version" BIGINT;

-- By hand -------------------------------------------------------------------------------------------------------------

-- Else the first leader would write to all of them.
UPDATE "sync" SET "settled_version" = "applied_version" WHERE "state" = 'Synced';
UPDATE "settings_sync" SET "settled_version" = "applied_version" WHERE "state" = 'Synced';
