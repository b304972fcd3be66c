-- who applies beside us was kept as the owner of pools of ours: these objects are read again
UPDATE "live_pool" SET "object" = jsonb_set("object", '{resourceVersion}', '"0"'), "resource_version" = '0'
  WHERE "object"->'ownership'->>'class' = 'applier';
