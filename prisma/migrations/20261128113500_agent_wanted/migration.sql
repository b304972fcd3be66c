-- Whether an agent is meant for the Node: one that the agents' selector leaves out lacks none.
ALTER TABLE "cluster_node" ADD COLUMN "agent_wanted" BOOLEAN NOT NULL DEFAULT true;
