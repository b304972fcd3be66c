-- By hand -------------------------------------------------------------------------------------------------------------

-- The leader asks for the last changes of settings while it holds the live row; there may be a million changes of pools since.
CREATE INDEX "change_settings_idx" ON "change"("sequence") WHERE "action" = 'settings.update';
