-- What a change in the cluster was about where nothing in force moved: an object that can no longer be read, or can be again.
ALTER TABLE "live_change" ADD COLUMN "reason" TEXT;
