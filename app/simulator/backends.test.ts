import { expect, it } from 'vitest';
import { type VerdictCode, verdictOf } from '../../core/nat/verdict.ts';
import type { TruthAnswer } from './answers.ts';
import { type Backend, backendColumns, backendWords } from './backends.ts';

const answer = (truth: TruthAnswer['truth'], code: VerdictCode): TruthAnswer => ({
  truth,
  node: truth === 'node' ? 'w-1' : null,
  revision: null,
  at: null,
  verdict: verdictOf(code),
  code,
  source: { address: null, interface: null, ports: null },
  steps: [],
});
const backend = (...answers: TruthAnswer[]): Backend => ({
  pod: null,
  address: '10.0.0.1',
  port: null,
  node: null,
  answers,
  agree: true,
});
const nat = (truth: TruthAnswer['truth']) => answer(truth, 'SNAT_MASQUERADE');
const pool = (truth: TruthAnswer['truth']) => answer(truth, 'NO_SNAT_DESTINATION_IN_POOL');

it('one column a truth; desired and live share one while no backend differs', () => {
  const alike = [
    backend(nat('desired'), nat('live'), nat('node')),
    backend(pool('desired'), pool('live'), nat('node')),
  ];
  expect(backendColumns(alike).map(({ name }) => name)).toEqual(['Desired and live', 'w-1, programmed']);
  const differing = [...alike, backend(nat('desired'), pool('live'), nat('node'))];
  expect(backendColumns(differing).map(({ name }) => name)).toEqual(['Desired', 'Live', 'w-1, programmed']);
  expect(backendColumns(differing)[1]?.answers.map((one) => one?.verdict)).toEqual(['SNAT', 'NO_SNAT', 'NO_SNAT']);
  expect(backendColumns([])).toEqual([]);
});

it('counts in words', () => {
  expect(backendWords([backend(nat('desired'))], 0)).toBe('1 backend; desired: 1 NATed');
  expect(backendWords([backend(nat('desired')), backend(pool('desired')), backend(pool('desired'))], 1200)).toBe(
    '3 backends; desired: 1 NATed, 2 not NATed; 1,200 more are not listed',
  );
});
