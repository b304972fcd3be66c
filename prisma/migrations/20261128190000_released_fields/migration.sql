-- Fields of a pool that an operator let go: the cluster decides them.
ALTER TABLE "sync" ADD COLUMN "released" TEXT[] NOT NULL DEFAULT '{}';
-- whose the items of a set are was not kept: these objects are read again
UPDATE "live_pool" SET "object" = jsonb_set("object", '{resourceVersion}', '"0"'), "resource_version" = '0'
  WHERE jsonb_path_exists("object", '$.claims[*].fields[*] ? (@ == "allowedUses")');
