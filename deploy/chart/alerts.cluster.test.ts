/**
 * What Prometheus makes of the chart's alerts, from what two real servers say of one database and one cluster. A situation is there
 * for real where that costs little; else figures are changed in the real text.
 */
import { beforeAll, expect, it } from 'vitest';
import { testsWith } from '../../e2e/cluster/binaries/own-program.ts';
import { chartRules } from '../../e2e/cluster/chart.ts';
import { NAMESPACE } from '../../e2e/cluster/prepare-cluster.ts';
import { soon } from '../../server/testing/soon.ts';
import { monitored } from './monitored.ts';
import { ask, EVERY, prometheus, type Target } from './prometheus.ts';
import { edited, scraped } from './scraped.ts';

type Two = readonly [string, string];

const site = monitored();
let rules: Awaited<ReturnType<typeof chartRules>>;
/** what they say when all is well */
let well: Two;
beforeAll(async () => {
  rules = await chartRules(site.helm);
  await site.say(['a', 'b', 'c'], 'Programmed');
  well = await site.figures();
});

/** long enough for each alert to fire */
const LONG = 20 * 60;
const during = (seconds: number, text: string): string[] => Array.from({ length: seconds / EVERY }, () => text);
const throughout = (texts: Two, namespace = NAMESPACE): Target[] =>
  texts.map((text, i) => scraped(`server-${i}`, [...during(LONG, text), text], { namespace }));
/** All is well, but for these values, which both say. */
const wellBut = (values: Readonly<Record<string, number>>): Two => [edited(well[0], values), edited(well[1], values)];

testsWith(await prometheus(), (program) => {
  async function alerts(targets: readonly Target[], at = LONG) {
    const answer = await ask(program, { targets, rules, at });
    expect(answer.problems).toEqual([]);
    return answer.alerts;
  }
  /** By name what the alerts say that are up when it was so for long. */
  async function alarm(texts: Two): Promise<[string | undefined, string | undefined][]> {
    const up = await alerts(throughout(texts));
    expect(up.filter(({ state }) => state !== 'firing')).toEqual([]);
    return up.map(({ labels, annotations }) => [labels['alertname'], annotations['summary']]);
  }

  it('none is up when all is well: one of two servers leads', async () => {
    const [first, second] = well;
    for (const text of [first, second]) {
      for (const series of ['nodes{state="Programmed"} 3', 'pools{sync="Synced"} 1', 'cluster_watch{phase="live"} 1'])
        expect(text).toContain(`\noutgate_${series}\n`);
    }
    expect(first).toContain('outgate_cluster_leader 1\n');
    expect(second).toContain('outgate_cluster_leader 0\n');
    expect(await alarm([first, second])).toEqual([]);
    // the one that follows does not answer
    expect(await alarm([first, ''])).toEqual([]);
    // the lead goes over
    const half = (one: string, two: string): string[] => [...during(LONG / 2, one), ...during(LONG / 2, two)];
    const over = [scraped('server-0', half(first, second)), scraped('server-1', half(second, first))];
    expect(await alerts(over, LONG - EVERY)).toEqual([]);
  });

  it.each([
    ['OutgateNodePending', '2 node(s) do not hold what is in effect', 'Programmed', 'an older one'],
    ['OutgateNodeDrifted', '2 node(s) differ from what is desired', 'Drifted', undefined],
    ['OutgateNodeFailed', '2 node(s) cannot be programmed', 'Failed', undefined],
  ] as const)('%s', async (alert, summary, state, holds) => {
    await site.say(['a', 'b', 'c'], 'Programmed');
    await site.say(['b', 'c'], state, holds);
    expect(await alarm(await site.figures())).toEqual([[alert, summary]]);
  });

  it('OutgateNodeStale counts nodes that fell silent, OutgateNodeWithoutAgent those that were never heard of', async () => {
    const stale = ['OutgateNodeStale', '2 node(s) do not report any more'];
    const without = ['OutgateNodeWithoutAgent', '1 node(s) are meant to have an agent, and never had one'];
    await site.say(['a', 'b', 'c'], 'Programmed');
    await site.silence(['b', 'c']);
    expect(await alarm(await site.figures())).toEqual([stale]);
    await site.addNode('never');
    await site.silence(['never']);
    await site.say(['a'], 'Programmed');
    expect(await alarm(await site.figures())).toEqual([stale, without]);
    await site.say(['a', 'b', 'c'], 'Programmed');
    expect(await alarm(await site.figures())).toEqual([without]);
    await site.removeNode('never');
  });

  it('OutgateFelixStops, and not for what Felix does not put in force', async () => {
    const [stops, ignored] = ['outgate_felix_problems{stops="true"}', 'outgate_felix_problems{stops="false"}'];
    const says = (text: string) => soon(async () => expect((await site.figures())[1]).toContain(`${text}\n`));
    await site.felix({ iptablesNATOutgoingInterfaceFilter: 'eth 0' });
    await says(`${ignored} 1`);
    await site.say(['a', 'b', 'c'], 'Programmed');
    expect(await alarm(await site.figures())).toEqual([]);
    await site.felix({ natPortRange: '40000:30000' });
    await says(`${stops} 1`);
    await site.say(['a', 'b', 'c'], 'Programmed');
    expect(await alarm(await site.figures())).toEqual([
      ['OutgateFelixStops', '1 setting(s) in the cluster stop Felix'],
    ]);
    await site.felix({});
    await says(`${stops} 0`);
  });

  it('OutgatePoolOutOfSync, in each state that needs somebody', async () => {
    await site.edit({ natOutgoing: false });
    await soon(async () => expect((await site.figures())[1]).toContain('outgate_pools{sync="OutOfSync"} 1\n'));
    await site.say(['a', 'b', 'c'], 'Programmed');
    expect(await alarm(await site.figures())).toEqual([
      ['OutgatePoolOutOfSync', '1 pool(s) in the cluster are not as desired'],
    ]);
    const sync = (state: string) => `outgate_pools{sync="${state}"}`;
    for (const state of ['OutOfSync', 'Contested', 'Rejected', 'Forbidden'])
      expect(await alarm(wellBut({ [sync(state)]: 3 })), state).toHaveLength(1);
    expect(await alarm(wellBut({ [sync('Contested')]: 3, [sync('Forbidden')]: 4, [sync('Pending')]: 5 }))).toEqual([
      ['OutgatePoolOutOfSync', '7 pool(s) in the cluster are not as desired'],
    ]);
  });

  it('OutgatePoolRefused, for each thing that is refused', async () => {
    const refused = (deletion: number, release: number) =>
      wellBut({
        'outgate_pools_refused{what="deletion"}': deletion,
        'outgate_pools_refused{what="release"}': release,
      });
    const said = (what: string, count: number) => [
      'OutgatePoolRefused',
      `The cluster refuses the ${what} of ${count} pool(s) that are done with here`,
    ];
    expect(await alarm(refused(2, 0))).toEqual([said('deletion', 2)]);
    expect((await alarm(refused(2, 1))).sort()).toEqual([said('deletion', 2), said('release', 1)]);
  });

  it('OutgateSettingsOutOfSync, in each state that needs somebody', async () => {
    const sync = (state: string) => `outgate_felix_configurations{sync="${state}"}`;
    for (const state of ['OutOfSync', 'Contested', 'Rejected', 'Forbidden'])
      expect(await alarm(wellBut({ [sync(state)]: 3 })), state).toHaveLength(1);
    expect(await alarm(wellBut({ [sync('Contested')]: 1, [sync('Forbidden')]: 1, [sync('Pending')]: 5 }))).toEqual([
      ['OutgateSettingsOutOfSync', '2 FelixConfiguration(s) in the cluster are not as decided'],
    ]);
  });

  it('OutgateWatchBlind, in every phase but the good one: a server may start blind', async () => {
    for (const phase of ['blind', 'no-pools', 'starting']) {
      const texts = wellBut({
        'outgate_cluster_watch{phase="live"}': 0,
        [`outgate_cluster_watch{phase="${phase}"}`]: 1,
      });
      expect(await alarm(texts), phase).toEqual([['OutgateWatchBlind', "The cluster's pools cannot be read"]]);
    }
  });

  it('OutgateNoLeader, when nobody leads and when nobody answers, also those of another namespace', async () => {
    const none = [['OutgateNoLeader', 'No server leads']];
    expect(await alarm(wellBut({ outgate_cluster_leader: 0 }))).toEqual(none);
    expect(await alarm(['', ''])).toEqual(none);
    const elsewhere = await alerts(throughout(well, 'elsewhere'));
    expect(elsewhere.map(({ labels }) => labels['alertname'])).toEqual(['OutgateNoLeader']);
    // they fell silent for good, after they had answered
    const fell = well.map((text, i) => scraped(`server-${i}`, [...during(60, text), ...during(120, '')]));
    expect(await alerts(fell, 180)).toMatchObject([{ state: 'firing', since: 60, fired: 120 }]);
  });

  it('each says whose it is, waits as long as it says, and is over with its situation', async () => {
    const bad = wellBut({
      'outgate_nodes{state="Stale"}': 2,
      outgate_nodes_without_agent: 1,
      'outgate_nodes{state="Pending"}': 1,
      'outgate_nodes{state="Drifted"}': 1,
      'outgate_nodes{state="Failed"}': 1,
      'outgate_cluster_watch{phase="blind"}': 1,
      'outgate_pools{sync="Rejected"}': 1,
      'outgate_pools_refused{what="release"}': 1,
      'outgate_felix_configurations{sync="Rejected"}': 1,
      'outgate_felix_problems{stops="true"}': 1,
      outgate_cluster_leader: 0,
    });
    const up = await alerts(throughout(bad));
    const waits = rules.groups.flatMap((group) => group.rules.map((rule): [string, string] => [rule.alert, rule.for]));
    const waited = up.map(({ labels, since, fired = 0 }) => [labels['alertname'], `${(fired - since) / 60}m`]);
    expect(Object.fromEntries(waited)).toEqual(Object.fromEntries(waits));
    for (const { labels } of up)
      expect(labels).toMatchObject({ namespace: NAMESPACE, severity: expect.stringMatching(/^(warning|critical)$/) });
    const over = bad.map((text, i) => scraped(`server-${i}`, [...during(LONG, text), well[i] ?? '']));
    expect(await alerts(over)).toEqual([]);
    // nothing of what others say in another namespace
    expect(await alerts([...throughout(well), ...throughout(bad, 'elsewhere')])).toEqual([]);
  });
});
