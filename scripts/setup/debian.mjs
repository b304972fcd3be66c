// Debian packages that hold the commands we need. Named before they are installed; installed by root with apt alone.
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

export const LAB_TOOLS = { ip: 'iproute2', iptables: 'iptables', ipset: 'ipset' };
export const TEST_TOOLS = {
  ...LAB_TOOLS,
  chromium: 'chromium',
  conntrack: 'conntrack',
  tcpdump: 'tcpdump',
  nft: 'nftables',
};

/** Returns one sentence for each command that is still missing afterwards. `tools`: command -> package. */
export function ensureCommands(tools) {
  const packages = missing(tools).map((command) => tools[command]);
  if (packages.length > 0 && mayInstall()) install(packages);
  return missing(tools).map((command) => `the command ${command} is missing (Debian package ${tools[command]})`);
}

function install(packages) {
  console.error(`Installing Debian packages: ${packages.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (args) => spawnSync('apt-get', args, { stdio: ['ignore', 2, 2], env }).status === 0;
  const wanted = ['install', '--yes', '--no-install-recommends', ...packages];
  // the package lists of a fresh machine are empty or old
  if (!apt(['update', '--quiet']) || !apt(wanted)) console.error('apt-get failed; its message is above');
}

const mayInstall = () => process.getuid?.() === 0 && onPath('apt-get');
const missing = (tools) => Object.keys(tools).filter((command) => !onPath(command));

/** An ordinary user's PATH often lacks the directories of the administrator's commands. */
export function onPath(command) {
  const directories = (process.env.PATH ?? '').split(delimiter).concat('/usr/sbin', '/sbin');
  return directories.some((directory) => {
    try {
      accessSync(join(directory, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
