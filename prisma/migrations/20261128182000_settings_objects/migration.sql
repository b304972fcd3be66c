-- By hand -------------------------------------------------------------------------------------------------------------

-- The FelixConfigurations about which a change of settings decided: `default`, `node.<name>`.
CREATE FUNCTION "settings_objects"("before" jsonb, "after" jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN "before"->'global' IS DISTINCT FROM "after"->'global' THEN ARRAY['default'] ELSE '{}' END || ARRAY(
    SELECT 'node.' || coalesce(b.key, a.key)
    FROM jsonb_each(coalesce("before"->'nodes', '{}')) AS b
    FULL JOIN jsonb_each(coalesce("after"->'nodes', '{}')) AS a ON a.key = b.key
    WHERE b.value IS DISTINCT FROM a.value)
$$;

-- The leader asks for the last changes of one object for each apply while it holds the live row, and each holds the settings of all nodes.
CREATE INDEX "change_settings_objects_idx" ON "change" USING gin ("settings_objects"("before", "after")) WHERE "action" = 'settings.update';
