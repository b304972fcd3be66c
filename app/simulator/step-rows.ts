/** Steps of several truths side by side: each row is a question, each cell what one truth found. */
import type { Step } from '../../core/nat/verdict.ts';

export interface StepRow {
  question: string;
  /** one list a truth, empty where the truth did not ask this */
  cells: readonly (readonly Step[])[];
  /** the truths asked it and found different things */
  differs: boolean;
}

/** Rows in the order a packet meets them; questions that nobody asked are left out. */
export function stepRows(truths: readonly (readonly Step[])[]): StepRow[] {
  const rows = questions.map(({ question, codes }) => {
    const cells = truths.map((steps) => steps.filter(({ code }) => codes.test(code)));
    // said ahead of every answer, and no answer itself
    const answers = cells.map((cell) => cell.filter(({ code }) => code !== 'SOURCE_IS_HOST'));
    const found = answers.filter((cell) => cell.length > 0).map((cell) => cell.map(({ code }) => code).join());
    return { question, cells, differs: new Set(found).size > 1 };
  });
  const known = new RegExp(questions.map(({ codes }) => codes.source).join('|'));
  const rest = truths.map((steps) => steps.filter(({ code }) => !known.test(code)));
  return [...rows, { question: 'What else was seen?', cells: rest, differs: false }].filter(({ cells }) =>
    cells.some((cell) => cell.length > 0),
  );
}

const questions: readonly { question: string; codes: RegExp }[] = [
  { question: 'Is it the first packet of a connection?', codes: /^FLOW_/ },
  {
    question: 'Did a service proxy rewrite the destination?',
    codes: /^(DESTINATION_RESOLVED|SERVICE_.*|BACKENDS_DIFFER)$/,
  },
  { question: 'Is it this node’s own address?', codes: /^(DESTINATION_(NOT_)?LOCAL|NODE_UNKNOWN)$/ },
  { question: 'Is the source in a pool with natOutgoing?', codes: /^(SOURCE_IN_|SOURCE_IS_HOST$|POOL_HIDDEN$)/ },
  { question: 'Is the destination in any pool?', codes: /^DESTINATION_IN_(NO_|LOAD_BALANCER_)?POOL$/ },
  { question: 'Are node addresses exempt?', codes: /^DESTINATION_IS_/ },
  { question: 'Which way does it leave?', codes: /^ROUTE/ },
  { question: 'Does the interface filter match?', codes: /^INTERFACE_/ },
  { question: 'Does the NAT rule match?', codes: /^(RULE_|CHAIN_|SET_)/ },
  { question: 'Which source does it get?', codes: /^(SOURCE_MASQUERADED|SOURCE_FIXED|PORTS)$/ },
];
