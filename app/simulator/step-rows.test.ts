import { expect, it } from 'vitest';
import { stepCodes } from '../../core/nat/steps.ts';
import { stepRows } from './step-rows.ts';

const step = (code: string, text = code) => ({ code, text, pool: null, field: null, rule: null });

it('puts what truths found to one question beside each other, in a packet’s order', () => {
  const rows = stepRows([
    [step('SOURCE_IN_NAT_POOL'), step('DESTINATION_IN_NO_POOL'), step('FLOW_NEW')],
    [step('FLOW_NEW'), step('RULE_PASSED_BY'), step('CHAIN_END')],
  ]);
  expect(rows.map(({ question, cells }) => [question, cells.map((cell) => cell.length)])).toEqual([
    ['Is it the first packet of a connection?', [1, 1]],
    ['Is the source in a pool with natOutgoing?', [1, 0]],
    ['Is the destination in any pool?', [1, 0]],
    ['Does the NAT rule match?', [0, 2]],
  ]);
});

it('marks a question to which two truths found different answers, not one that a truth did not ask', () => {
  const rows = stepRows([[step('DESTINATION_IN_NO_POOL'), step('ROUTE')], [step('DESTINATION_IN_POOL')]]);
  expect(rows.map(({ differs }) => differs)).toEqual([true, false]);
});

it('what is said of a host ahead of every answer is no difference where one truth says more', () => {
  const [row] = stepRows([[step('SOURCE_IS_HOST'), step('SOURCE_IN_NO_POOL')], [step('SOURCE_IS_HOST')]]);
  expect([row?.differs, row?.cells.map((cell) => cell.length)]).toEqual([false, [2, 1]]);
});

it('drops no step, known or not', () => {
  const codes = [...Object.keys(stepCodes), 'SOMETHING_NEW'];
  const shown = stepRows([codes.map((code) => step(code))]).flatMap(({ cells }) =>
    cells.flat().map(({ code }) => code),
  );
  expect(shown.toSorted()).toEqual(codes.toSorted());
});
