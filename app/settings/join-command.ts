/** What to run on a node: the token goes through a file that its owner alone may read, never through the process list. */
export const joinCommand = (origin: string, token: string): string =>
  [
    'umask 077 && mkdir -p /etc/outgate',
    `printf '%s\\n' '${token}' > /etc/outgate/join-token`,
    `node outgate-agent.cjs --source server:${origin} --node "$(hostname)" --token-file /etc/outgate/join-token`,
  ].join('\n');
