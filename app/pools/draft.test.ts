import { expect, test } from 'vitest';
import { draftOf, editForm, editText, newPool, rereadForm } from './draft.ts';
import { lineOf } from './yaml-edit.ts';

const start = draftOf({ name: 'a', spec: { cidr: '10.0.0.0/8', disabled: true } });
const commented = `# the data centre
apiVersion: crd.projectcalico.org/v1
kind: IPPool
metadata:
  name: a
  labels: { site: ams }
spec:
  disabled: true # keeps pods out
  cidr: 10.0.0.0/8
`;

test('a form edit shows in the text', () => {
  const next = editForm(start, { spec: { natOutgoing: true, ipipMode: 'Always' } });
  expect(next.text).toBe(
    'apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata:\n  name: a\nspec:\n  cidr: 10.0.0.0/8\n  natOutgoing: true\n  disabled: true\n  ipipMode: Always\n',
  );
  expect(editForm(next, { spec: { ipipMode: undefined, natOutgoing: undefined } }).text).toBe(start.text);
});

test('a text edit shows in the form', () => {
  const next = editText(start, start.text.replace('disabled: true', 'natOutgoing: true'));
  expect(next.values).toEqual({ name: 'a', spec: { cidr: '10.0.0.0/8', natOutgoing: true } });
  expect(next.problems).toEqual([]);
});

test('a form edit keeps comments, order, labels and API group of the text', () => {
  const typed = editText(start, commented);
  expect(typed.problems).toEqual([]);
  const next = editForm(typed, { name: 'b', spec: { cidr: '10.0.0.0/9' } });
  expect(next.text).toBe(commented.replace('name: a', 'name: b').replace('/8', '/9'));
});

test('text that cannot be read keeps the form and says where', () => {
  const next = editText(start, start.text.replace('disabled: true', 'disabled: "yes'));
  expect(next.values).toEqual(start.values);
  expect(next.problems.length).toBeGreaterThan(0);
  expect(next.problems[0]?.line).toBeGreaterThanOrEqual(7);
  const wrong = editText(start, start.text.replace('disabled: true', 'disabled: 3'));
  expect(wrong.problems).toEqual([{ line: 7, field: 'spec.disabled', message: 'disabled must be true or false: 3' }]);
  expect(rereadForm(wrong)).toEqual(start);
});

test('a name grows letter by letter without quotes that nobody needs', () => {
  const typed = ['n', 'no', 'no-nat'].reduce((draft, name) => editForm(draft, { name }), draftOf(newPool));
  expect(typed.text).toContain('  name: no-nat\n');
  expect(editForm(typed, { name: 'no' }).text).toContain('  name: "no"\n');
  expect(editForm(typed, { spec: { cidr: '10.0.0.0/8' } }).text).toContain('  cidr: 10.0.0.0/8\n');
});

test('two pools are too many', () => {
  const text = `${start.text}---\n${start.text.replace('name: a', 'name: b')}`;
  expect(editText(start, text).problems[0]?.message).toContain('exactly one pool: it holds 2');
});

test('a form edit repairs text that cannot be read, from the values', () => {
  const broken = editText(start, 'kind: [');
  expect(editForm(broken, { spec: { natOutgoing: true } }).text).toContain('natOutgoing: true');
});

test('a field knows its line', () => {
  expect(lineOf(commented, 'spec.cidr')).toBe(9);
  expect(lineOf(commented, 'metadata.name')).toBe(5);
  expect(lineOf(commented, 'spec.blockSize')).toBeNull();
});
