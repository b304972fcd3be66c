import Link from 'next/link';
import { Empty } from '../components/empty.tsx';
import { Panel } from '../components/panel.tsx';

/** Nothing to list: in a cluster nobody joins by a token, and nodes without an agent that is meant for them are left out. */
export function NoNodes({ cluster }: { cluster: boolean }) {
  return (
    <Panel label="Nodes">
      {cluster ? (
        <Empty title="No agent has signed in, and no node of the cluster is known to lack one.">
          <p>
            The cluster’s nodes were not read yet, or agents are meant for none of them: the chart says by{' '}
            <span className="machine">agent.enabled</span>, <span className="machine">agent.nodeSelector</span> and{' '}
            <span className="machine">agent.tolerations</span> where they run.
          </p>
          <Link className="link" href="/cluster">
            How the cluster is heard
          </Link>
        </Empty>
      ) : (
        <Empty title="No node has joined.">
          <p>
            An agent joins with a join token that an admin makes; then it programs what is desired and reports here.
          </p>
          <Link className="link" href="/settings?tab=tokens">
            Make a join token
          </Link>
        </Empty>
      )}
    </Panel>
  );
}
