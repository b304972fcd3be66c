import { clsx } from 'clsx';
import { Panel } from '../components/panel.tsx';
import { HeadRow, Table, Tbody, Td, Th, Thead, Tr } from '../components/table.tsx';
import { VerdictText } from '../components/verdict.tsx';
import { answerWord, type TruthAnswer } from './answers.ts';
import { type Backend, backendColumns, backendWords } from './backends.ts';
import { endText } from './path-lanes.ts';

/** Each backend with its own verdict; those that the truths disagree about come first, in amber. */
export function BackendsPanel({ backends, more }: { backends: readonly Backend[]; more: number }) {
  const columns = backendColumns(backends);
  const disagreeing = backends.filter(({ agree }) => agree === false).length;
  return (
    <Panel
      title="Backends"
      lead={
        <>
          {backendWords(backends, more)}
          {disagreeing > 0 && (
            <b className="ml-2 font-medium text-drifted-fg">{disagreeing} on which the truths disagree</b>
          )}
        </>
      }
      flush
    >
      <Table label="Backends">
        <Thead>
          <HeadRow>
            <Th>Backend</Th>
            <Th>Address</Th>
            <Th>Node</Th>
            {columns.map(({ name }) => (
              <Th key={name}>{name}</Th>
            ))}
          </HeadRow>
        </Thead>
        <Tbody>
          {backends.map(({ pod, address, port, node, agree }, row) => (
            <Tr key={`${address} ${port}`} className={clsx(agree === false && 'bg-drifted-bg/60')}>
              <Td className="text-ink-1">{pod ?? <span className="text-ink-3">no pod</span>}</Td>
              <Td label="Address">
                <span className="machine">{endText(address, port)}</span>
              </Td>
              <Td label="Node">{node ?? <span className="text-ink-3">not known</span>}</Td>
              {columns.map(({ name, answers }) => (
                <Td key={name} label={name}>
                  <Said answer={answers[row]} />
                </Td>
              ))}
            </Tr>
          ))}
        </Tbody>
      </Table>
    </Panel>
  );
}

function Said({ answer }: { answer: TruthAnswer | undefined }) {
  if (answer === undefined) return <span className="text-ink-3">not asked</span>;
  return (
    <span className="flex flex-wrap items-center gap-x-2">
      <VerdictText verdict={answer.verdict} word={answerWord(answer)} />
      {answer.source.address !== null && <span className="machine text-ink-2">{answer.source.address}</span>}
      <span className="machine text-2xs text-ink-3">{answer.code}</span>
    </span>
  );
}
