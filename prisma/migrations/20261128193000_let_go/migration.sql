-- The change that released the pool here: our name is still to go from its object.
ALTER TABLE "sync" ADD COLUMN "let_go_by" BIGINT;
