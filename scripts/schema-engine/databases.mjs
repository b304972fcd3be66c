// Databases as a whole: asked for over the server's own `postgres` database.
import pg from 'pg';

export async function withClient(connectionString, use) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

/** The database's name, and a connection string to the server that does not need it to exist. */
export function serverOf(url) {
  const server = new URL(url);
  const name = decodeURIComponent(server.pathname.slice(1)) || 'postgres';
  server.searchParams.delete('schema');
  return { name, url: withDatabase(server, 'postgres') };
}

export function withDatabase(url, name) {
  const other = new URL(url);
  other.pathname = `/${name}`;
  return other.toString();
}

export async function createDatabase(url) {
  const server = serverOf(url);
  await withClient(server.url, (client) => client.query(`CREATE DATABASE ${pg.escapeIdentifier(server.name)}`));
  return server.name;
}

export const dropDatabase = (serverUrl, name) =>
  withClient(serverUrl, (client) => client.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`));
