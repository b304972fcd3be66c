import { Panel } from '../components/panel.tsx';
import { HeadRow, Table, Tbody, Td, Th, Thead, Tr } from '../components/table.tsx';
import type { NodeDetail } from './node-detail.ts';

/** Interfaces and routes in the kernel's order: what predicts the address after NAT. */
export function NetworkPanels({ facts }: { facts: NodeDetail['facts'] }) {
  if (facts === null) return null;
  return (
    <div
      className="grid grid-cols-[minmax(0,1fr)_minmax(0,1.4fr)] items-start gap-3 max-[73.75rem]:grid-cols-1"
      data-density="compact"
    >
      <Panel title="Interfaces" lead="addresses in the kernel’s order" flush>
        <Table label="Interfaces">
          <Thead>
            <HeadRow>
              <Th>Interface</Th>
              <Th>Addresses</Th>
            </HeadRow>
          </Thead>
          <Tbody>
            {facts.interfaces.map(({ name, addresses }) => (
              <Tr key={name}>
                <Td className="machine text-ink-1">{name}</Td>
                <Td className="machine">
                  {addresses.length === 0 && <span className="text-ink-3">none</span>}
                  {addresses.map((address) => (
                    <span key={address} className="block py-0.5">
                      {address}
                    </span>
                  ))}
                </Td>
              </Tr>
            ))}
          </Tbody>
        </Table>
      </Panel>
      <Panel title="Routes" lead="the address after NAT follows the way out" flush>
        <Table label="Routes">
          <Thead>
            <HeadRow>
              <Th>To</Th>
              <Th>Via</Th>
              <Th>Interface</Th>
              <Th>Source</Th>
            </HeadRow>
          </Thead>
          <Tbody>
            {facts.routes.map(({ to, via, dev, src }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the kernel may have equal routes
              <Tr key={index}>
                <Td className="machine text-ink-1">{to}</Td>
                <Td label="Via" className="machine">
                  {via ?? <span className="text-ink-3">directly</span>}
                </Td>
                <Td label="Interface" className="machine">
                  {dev}
                </Td>
                <Td label="Source" className="machine">
                  {src}
                </Td>
              </Tr>
            ))}
          </Tbody>
        </Table>
      </Panel>
    </div>
  );
}
