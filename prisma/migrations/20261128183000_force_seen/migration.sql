-- What was there when force was decided: of anything else nobody decided it. Force that was decided before this, and not used yet, is decided anew.
ALTER TABLE "sync" ADD COLUMN "force_seen" TEXT;
ALTER TABLE "settings_sync" ADD COLUMN "force_seen" TEXT;
