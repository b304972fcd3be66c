import { clsx } from 'clsx';
import { CHAIN } from '../../core/rules/model.ts';
import { Panel } from '../components/panel.tsx';
import { Segmented } from '../components/segmented.tsx';
import { beforeLead, HeadRow, Table, Tbody, Td, Th, Thead, Tr } from '../components/table.tsx';
import { Tag } from '../components/tag.tsx';
import type { FamilyName, NodeDetail } from './node-detail.ts';
import { numberedRules } from './numbered-rules.ts';

/** POSTROUTING as read back, ours below its jump; rules of others that may decide first say so. */
export function RulesPanel({
  report,
  family,
  onFamily,
}: {
  report: NonNullable<NodeDetail['report']>;
  family: FamilyName;
  onFamily: (family: FamilyName) => void;
}) {
  const rules = numberedRules(report.families[family].rules);
  const deciding = new Set(report.foreign.map(({ text }) => text));
  return (
    <Panel
      title="NAT rules in POSTROUTING order"
      lead="table nat, as read back"
      flush
      actions={
        <Segmented
          label="Family"
          value={family}
          onChange={onFamily}
          options={[
            { value: '4', label: 'IPv4' },
            { value: '6', label: 'IPv6' },
          ]}
        />
      }
    >
      {rules.length === 0 ? (
        <p className="px-3.5 py-3 text-ink-3">No rule was read back for IPv{family}.</p>
      ) : (
        <div data-density="compact">
          <Table label="Rules">
            <Thead>
              <HeadRow>
                <Th className="w-10">#</Th>
                <Th>Rule as read back</Th>
                <Th>Owner</Th>
                <Th numeric>Packets</Th>
                <Th numeric>Bytes</Th>
              </HeadRow>
            </Thead>
            <Tbody>
              {rules.map(({ number, rule, ours }) => (
                <Tr key={number} className={clsx(ours && 'bg-surface-selected')}>
                  <Td className={clsx(beforeLead, 'text-ink-3 tabular-nums')}>{number}</Td>
                  <Td className="min-w-72 whitespace-normal!">
                    <code
                      className={clsx(
                        'block py-1 leading-4.25 wrap-anywhere narrow:py-0',
                        ours ? 'text-ink-1' : 'text-ink-2',
                        rule.chain === CHAIN && 'pl-4',
                      )}
                    >
                      {rule.text}
                    </code>
                  </Td>
                  <Td label="Owner">
                    {ours ? (
                      <Tag outline>ours</Tag>
                    ) : (
                      <Tag>{deciding.has(rule.text) ? 'foreign, may decide first' : 'foreign'}</Tag>
                    )}
                  </Td>
                  <Td numeric label="Packets" className="text-xs text-ink-1">
                    {BigInt(rule.packets).toLocaleString('en-US')}
                  </Td>
                  <Td numeric label="Bytes" className="text-xs">
                    {BigInt(rule.bytes).toLocaleString('en-US')}
                  </Td>
                </Tr>
              ))}
            </Tbody>
          </Table>
        </div>
      )}
    </Panel>
  );
}
