-- Moves with all that the leader writes of pools: what is counted of them (whose they are, how ours stand) is counted again only then.
ALTER TABLE "live" ADD COLUMN "stand" BIGINT NOT NULL DEFAULT 0;
