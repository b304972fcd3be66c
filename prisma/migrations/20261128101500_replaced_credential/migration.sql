-- The credential that a pod made worthless when it took the node: whoever still has it is a second agent, and is told so.
ALTER TABLE "node" ADD COLUMN "replaced_hash" TEXT;
CREATE INDEX "node_replaced_hash_idx" ON "node" ("replaced_hash");
