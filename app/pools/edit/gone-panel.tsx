import Link from 'next/link';
import { Button } from '../../components/button.tsx';
import { Panel } from '../../components/panel.tsx';

/** Somebody deleted the pool while it was edited here: what was typed is kept, and two ways on. */
export function GonePanel({ name, onCreate, onGiveUp }: { name: string; onCreate: () => void; onGiveUp: () => void }) {
  return (
    <Panel
      title={`${name} was deleted while you edited it`}
      lead="nothing of yours is lost"
      className="mb-3 border-warning-bd"
      footer={
        <div className="flex flex-wrap items-center gap-2">
          <Button look="primary" onClick={onCreate}>
            Make it a new pool
          </Button>
          <Button onClick={onGiveUp}>Let it stay deleted</Button>
          <span>Neither saves yet: the first keeps the text below for a new pool, the second leaves it.</span>
        </div>
      }
    >
      <p>
        Who deleted it, and why, stands in{' '}
        <Link className="link" href={`/history?pool=${encodeURIComponent(name)}`}>
          its history
        </Link>
        .
      </p>
    </Panel>
  );
}
