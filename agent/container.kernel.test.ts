/**
 * The agent with what the chart and docker-compose.yml give it and no more: root with NET_ADMIN and NET_RAW alone, nothing to
 * be gained by running another program, and a file system that can be written nowhere but in the state directory and the lock.
 */
import { type ExecFileException, execFile } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportSchema } from '../core/wire/report.ts';
import { CHAIN, type CrowdedNode, crowdedNode, crowdPools } from './testing/crowded-node.ts';
import { cannotRun } from './testing/namespaces.ts';
import { agentFile, type Ended, manifests } from './testing/run-agent.ts';

const RIGHTS = ['net_admin', 'net_raw'];
const LOCK = '/run/xtables.lock';

describe.skipIf(cannotRun !== null).each(['iptables-nft', 'iptables-legacy'] as const)('%s', (backend) => {
  let crowd: CrowdedNode;
  let source: string;
  let before: string;
  beforeAll(() => {
    crowd = crowdedNode('ctr', backend);
    source = `--source=file:${crowd.dir.write('pools.json', manifests(crowdPools))}`;
    before = crowd.foreign();
  });
  afterAll(() => crowd?.remove());

  /** `before`: a command of the shell that runs first, under the same conditions */
  function contained(rights: readonly string[], args: readonly string[], first = 'true'): Promise<Ended> {
    const state = crowd.dir.path;
    const mounts = [
      `touch ${LOCK} && mount --bind ${LOCK} ${LOCK} && mount --bind ${state} ${state}`,
      'for at in $(findmnt -rno TARGET | grep -vxE "/proc.*|/dev.*"); do',
      `  case $at in ${LOCK}|${state}) ;; *) mount -o remount,bind,ro "$at" || exit 99 ;; esac`,
      'done',
    ].join('\n');
    const set = ['-all', ...rights.map((one) => `+${one}`)].join(',');
    const drop = `setpriv --bounding-set=${set} --inh-caps=-all --no-new-privs`;
    const script = `${mounts}\nexec ${drop} sh -c '${first} && exec "$@"' sh "$@"`;
    const command = ['unshare', '--mount', 'sh', '-c', script, 'sh', process.execPath, agentFile(), ...args];
    return new Promise((resolve) => {
      const inside = [`--net=/run/netns/${crowd.node.name}`, '--', ...command];
      execFile('nsenter', inside, (error: ExecFileException | null, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
      );
    });
  }
  const once = (rights: readonly string[]) =>
    contained(rights, [source, '--node=n1', `--backend=${backend}`, `--state-dir=${crowd.dir.path}`, '--once']);

  it('the conditions hold: other rights are gone and nothing else can be written', async () => {
    const tries = 'touch /tmp/x 2>/dev/null || touch /etc/x 2>/dev/null || mount --bind /tmp /mnt 2>/dev/null';
    const { code, stderr } = await contained(RIGHTS, ['--help'], `! { ${tries}; } && ! chown 1:1 ${LOCK} 2>/dev/null`);
    expect([code, stderr]).toEqual([2, expect.stringContaining('usage: outgate-agent')]);
  });

  it('programs both families', async () => {
    const { code, stdout, stderr } = await once(RIGHTS);
    expect([code, stderr]).toEqual([0, expect.any(String)]);
    expect(reportSchema.parse(JSON.parse(stdout)).state).toBe('Programmed');
    for (const family of [4, 6] as const) {
      expect(crowd.node.run(`${crowd.tool(family)} -t nat -S ${CHAIN}`)).toContain('MASQUERADE');
    }
  });

  it('NET_RAW is needed: without it rules that name sets cannot be written', async () => {
    const { code, stdout, stderr } = await once(['net_admin']);
    expect(code).not.toBe(0);
    expect(`${stdout}${stderr}`).toMatch(/Can't open socket to ipset|you must be root|Permission denied/);
  });

  it('cleans up by the command of the chart: nothing of ours is left, and all of the others', async () => {
    const { code, stderr } = await contained(RIGHTS, ['--cleanup']);
    expect([code, stderr]).toEqual([0, expect.stringContaining('removed')]);
    expect(crowd.foreign()).toBe(before);
    expect(crowd.node.run('ipset list -name').split('\n').sort()).toEqual(['', 'foreign-set', 'outgate-other']);
    for (const family of [4, 6] as const) {
      expect(crowd.node.run(`${crowd.tool(family)}-save`)).not.toMatch(/OUTGATE|outgate/);
    }
  });
});
