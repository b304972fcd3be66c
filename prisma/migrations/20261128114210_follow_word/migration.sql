-- Somebody's word to follow what came back of the cluster's types as it is; gone once the leader follows it.
ALTER TABLE "live" ADD COLUMN "word" JSONB;
