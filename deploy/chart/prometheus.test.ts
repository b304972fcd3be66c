/** The program itself: that it is Prometheus, and says no where Prometheus does. */
import { expect, test } from 'vitest';
import { testsWith } from '../../e2e/cluster/binaries/own-program.ts';
import { ask, prometheus } from './prometheus.ts';

const target = (pod: string, ...texts: string[]) => ({
  labels: { namespace: 'n', pod },
  said: texts.map((text, i) => ({ at: i * 30, text })),
});
const rules = (rule: object) => ({
  groups: [{ name: 'g', rules: [{ alert: 'A', expr: 'max by (s) (a) > 1', ...rule }] }],
});

testsWith(await prometheus(), (program) => {
  test('expressions that cannot be read or carried out are refused, with the reason', async () => {
    const { expressions } = await ask(program, {
      targets: [target('x', 'a{s="1"} 1\na{s="2"} 2\n')],
      expressions: ['max(a', 'max(a) >', 'rate(a)', 'a - ignoring (s) a', 'max by (s) (a)'],
      at: 0,
    });
    expect(expressions.map(({ error }) => error)).toEqual([
      expect.stringContaining('parse error: unclosed left parenthesis'),
      expect.stringContaining('parse error: unexpected end of input'),
      expect.stringContaining('expected type range vector'),
      expect.stringContaining('found duplicate series for the match group'),
      undefined,
    ]);
    expect(expressions[4]?.values).toEqual([
      { labels: { s: '1' }, value: '1' },
      { labels: { s: '2' }, value: '2' },
    ]);
  });

  test('figures that are none, and rules that are none, are refused', async () => {
    await expect(ask(program, { targets: [target('x', 'a{s=1} 1\n')], at: 0 })).rejects.toThrow(
      /said at 0: expected label value/,
    );
    for (const [rule, why] of [
      [{ expr: 'max(a' }, 'unclosed left parenthesis'],
      [{ for: 'soon' }, 'not a valid duration string: "soon"'],
      [{ annotations: { summary: '{{ $value' } }, 'unclosed action'],
      [{ unknown: 1 }, 'field unknown not found'],
    ] as const) {
      const { problems } = await ask(program, { targets: [], rules: rules(rule), at: 0 });
      expect(problems.join(), JSON.stringify(rule)).toContain(why);
    }
  });

  test('a target’s labels win; a series that is told no more, or not answered, is gone at once', async () => {
    const targets = [target('x', 'a{pod="theirs"} 1\nb 1\n', 'a{pod="theirs"} 1\n'), target('y', 'a 1\nb 1\n', '')];
    const at = (seconds: number) => ask(program, { targets, expressions: ['a', 'b'], at: seconds });
    const pods = async (seconds: number) =>
      (await at(seconds)).expressions.map(({ values }) => values.map(({ labels }) => labels['pod']));
    expect(await pods(29)).toEqual([
      ['x', 'y'],
      ['x', 'y'],
    ]);
    expect(await pods(30)).toEqual([['x'], []]);
    expect((await at(30)).expressions[0]?.values).toEqual([
      { labels: { __name__: 'a', namespace: 'n', pod: 'x', exported_pod: 'theirs' }, value: '1' },
    ]);
  });

  test('an alert waits for its `for`, says its value, and is over when it no longer holds', async () => {
    const alert = rules({ for: '1m', annotations: { summary: '{{ $value }} of {{ $labels.s }}' } });
    const targets = [target('x', ...[1, 2, 2, 2, 3, 1].map((value) => `a{s="1"} ${value}\n`))];
    const up = async (at: number) => (await ask(program, { targets, rules: alert, at })).alerts;
    expect(await up(0)).toEqual([]);
    expect(await up(60)).toMatchObject([{ state: 'pending', since: 30 }]);
    expect(await up(120)).toMatchObject([
      { state: 'firing', since: 30, fired: 90, labels: { alertname: 'A', s: '1' }, annotations: { summary: '3 of 1' } },
    ]);
    expect(await up(150)).toEqual([]);
  });
});
