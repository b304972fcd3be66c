// @prisma/adapter-pg, with what it lacks for the schema engine: the "char" type, whole scripts in one query (its own way
// splits at every semicolon, also inside functions), and a shadow database that is really dropped.
import { PrismaPg } from '@prisma/adapter-pg';
import { createDatabase, dropDatabase, serverOf, withDatabase } from './databases.mjs';

const CHAR_OID = 18;
const TEXT_OID = 25;
const CHARACTER_COLUMN = 6; // ColumnTypeEnum.Character of the driver adapter interface

/** A driver adapter factory. `opened` collects the connections: each holds the migration lock until it is disposed of. */
export class EngineAdapter extends PrismaPg {
  constructor({ url, shadowUrl }, opened) {
    const schema = url === undefined ? undefined : (new URL(url).searchParams.get('schema') ?? undefined);
    super({ connectionString: url ?? 'postgresql://127.0.0.1:1/none', max: 1 }, { schema });
    this.url = url;
    this.shadowUrl = shadowUrl;
    this.opened = opened;
  }

  async connect() {
    const connection = complete(await super.connect());
    this.opened.push(connection);
    return connection;
  }

  async connectToShadowDb() {
    if (this.shadowUrl !== undefined) return connectTo(this.shadowUrl);
    const name = `prisma_migrate_shadow_db_${crypto.randomUUID()}`;
    const shadow = withDatabase(this.url, name);
    await createDatabase(shadow);
    const connection = await connectTo(shadow);
    const dispose = connection.dispose.bind(connection);
    connection.dispose = async () => {
      await dispose();
      await dropDatabase(serverOf(this.url).url, name);
    };
    return connection;
  }
}

const connectTo = async (connectionString) => complete(await new PrismaPg({ connectionString, max: 1 }).connect());

function complete(connection) {
  readCharColumns(connection);
  if (connection.startTransaction) {
    const start = connection.startTransaction.bind(connection);
    connection.startTransaction = async (...args) => complete(await start(...args));
  }
  if (connection.executeScript) {
    connection.executeScript = async (script) => {
      try {
        await connection.client.query(script);
      } catch (error) {
        connection.onError(error);
      }
    };
  }
  return connection;
}

/** The catalog has "char" columns, which the adapter refuses: they are read as text and named for what they are. */
function readCharColumns(connection) {
  const performIO = connection.performIO.bind(connection);
  const queryRaw = connection.queryRaw.bind(connection);
  connection.queryRaw = async (query) => {
    let isChar = [];
    const before = connection.performIO;
    connection.performIO = async (one) => {
      const result = await performIO(one);
      isChar = result.fields.map((field) => field.dataTypeID === CHAR_OID);
      for (const field of result.fields) if (field.dataTypeID === CHAR_OID) field.dataTypeID = TEXT_OID;
      return result;
    };
    try {
      const result = await queryRaw(query);
      result.columnTypes = result.columnTypes.map((type, index) => (isChar[index] ? CHARACTER_COLUMN : type));
      return result;
    } finally {
      connection.performIO = before;
    }
  };
}
