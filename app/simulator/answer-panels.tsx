'use client';
import { CopyButton } from '../components/copy-button.tsx';
import { Panel } from '../components/panel.tsx';
import { Swatch } from '../components/verdict.tsx';
import { useClusterMode } from '../trpc/cluster-mode.ts';
import { answerText } from './answer-text.ts';
import { effectiveOf } from './answers.ts';
import { BackendsPanel } from './backends-panel.tsx';
import { NamedEnds } from './named-ends.tsx';
import { lanesOf, type PathEnds } from './path-lanes.ts';
import { PathPicture } from './path-picture.tsx';
import { buildQuestion, type Question } from './question.ts';
import type { Shown } from './server-answer.ts';
import { StepsTable } from './steps-table.tsx';
import { VerdictPanel } from './verdict-panel.tsx';

/** An answer whole: verdict, path and steps. */
export function AnswerPanels({
  shown: { arranged, flow, named, service },
  local,
  question,
  pod,
}: {
  shown: Shown;
  local: boolean;
  question: Question;
  pod: string | null;
}) {
  const ends: PathEnds = {
    from: flow.from,
    sport: flow.sport ?? null,
    to: flow.resolvedTo ?? flow.to,
    port: flow.port ?? null,
  };
  const lanes = lanesOf(arranged, ends);
  const { desired, live, unapplied, host, nodes, differs } = arranged;
  const cluster = useClusterMode();
  const effective = effectiveOf(arranged);
  const compared = host ?? (differs ? nodes.find(({ code }) => code !== effective?.code) : undefined) ?? null;
  const truths = [
    ...(desired === null
      ? []
      : [{ name: live === null || unapplied ? 'Desired' : 'Desired and live', steps: desired.steps }]),
    ...(live === null || !unapplied ? [] : [{ name: 'Live', steps: live.steps }]),
    ...(compared === null ? [] : [{ name: `${compared.node}, programmed`, steps: compared.steps }]),
  ];
  const source = (host ?? effective)?.source;
  const nodeAddress = [source?.interface, source?.address].filter(Boolean).join(' ') || null;
  return (
    <div className="mt-3 flex flex-col gap-3">
      {named !== null && <NamedEnds named={named} />}
      <VerdictPanel arranged={arranged} from={flow.from} local={local} cluster={cluster} asked={service === null} />
      {service !== null && <BackendsPanel backends={service.backends} more={service.more} />}
      <Panel title="Path and way back" actions={<Legend />}>
        <PathPicture
          lanes={lanes}
          ends={ends}
          pod={pod ?? podName(named)}
          node={arranged.hostName}
          nodeAddress={nodeAddress}
          proto={flow.proto ?? 'tcp'}
        />
      </Panel>
      <Panel
        title="Steps"
        lead="the first packet of a connection, after DNAT, leaving through POSTROUTING"
        flush
        actions={
          <CopyButton
            text={() =>
              answerText({
                question: `${question.from} to ${question.to}, ${flow.proto ?? 'tcp'}${flow.port === undefined ? '' : ` ${flow.port}`}`,
                arranged,
                lanes,
                ends,
                link: `${location.origin}/simulator${buildQuestion(question)}`,
              })
            }
          >
            Copy as text
          </CopyButton>
        }
      >
        <StepsTable truths={truths} />
      </Panel>
    </div>
  );
}

/** "shop/web-1", for a source that is a pod of the cluster. */
const podName = (named: Shown['named']): string | null =>
  named?.from.kind === 'pod' ? (named.from.name?.replace(/^pod\//, '') ?? null) : null;

function Legend() {
  return (
    <span className="flex flex-wrap items-center gap-x-3.5 gap-y-1 text-2xs text-ink-2 narrow:hidden">
      <Stroke label="request" />
      <Stroke label="reply" dashed />
      {(
        [
          ['SNAT', 'NATed'],
          ['NO_SNAT', 'Keeps its address'],
          ['INDETERMINATE', 'Cannot tell'],
        ] as const
      ).map(([verdict, word]) => (
        <span key={verdict} className="flex items-center gap-1.5 whitespace-nowrap">
          <Swatch verdict={verdict} />
          {word}
        </span>
      ))}
    </span>
  );
}

function Stroke({ label, dashed }: { label: string; dashed?: boolean }) {
  return (
    <span className="flex items-center gap-1.5">
      <svg aria-hidden="true" width="22" height="8">
        <path d="M0 4h22" strokeWidth="1.75" strokeDasharray={dashed ? '5 4' : undefined} className="stroke-ink-3" />
      </svg>
      {label}
    </span>
  );
}
