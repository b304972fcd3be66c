// The engine itself: loads the WebAssembly module and answers the methods of the CLI's protocol.
import { readFile } from 'node:fs/promises';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import { EngineAdapter } from './adapter.mjs';
import { createDatabase } from './databases.mjs';

const GLUE = '@prisma/schema-engine-wasm/schema_engine_bg';
const beside = (name) => new URL(name, import.meta.resolve(GLUE));

export async function engineVersion() {
  return JSON.parse(await readFile(beside('package.json'), 'utf8')).version;
}

/**
 * Returns `call(method, params, print)`: one request of the CLI. `print` gets what the CLI is to show.
 * Rejects with the engine's error.
 */
export async function makeCaller(given) {
  const glue = await loadEngine();
  const models = await Promise.all(given.datamodels.map(async (path) => [path, await readFile(path, 'utf8')]));
  const datamodels = models.length > 0 ? models : undefined;
  return async (method, params, print) => {
    if (method === 'createDatabase')
      return { databaseName: await createDatabase(params?.datasource?.url ?? given.url) };
    const opened = [];
    try {
      // a fresh engine for each call: one instance loses its shadow database factory after applyMigrations
      const adapter = bindMigrationAwareSqlAdapterFactory(new EngineAdapter(given, opened));
      return await answer(await glue.SchemaEngine.new({ datamodels }, debug, adapter), method, params, print);
    } finally {
      await Promise.all(opened.map((connection) => connection.dispose()));
    }
  };
}

async function answer(engine, method, params, print) {
  if (method === 'getDatabaseVersion') return engine.version(params);
  if (method === 'diff') {
    const result = await engine.diff(params);
    if (result.stdout !== null && result.stdout !== undefined) print(result.stdout);
    return { ...result, stdout: null };
  }
  // on a fresh engine these two find no shadow database until a devDiagnostic has run on it (7.10.0)
  if (method === 'evaluateDataLoss' || method === 'createMigration') {
    await engine.devDiagnostic({ migrationsList: params.migrationsList, filters: params.filters });
  }
  return (await engine[method](params)) ?? {};
}

async function loadEngine() {
  const glue = await import(GLUE);
  const { instance } = await WebAssembly.instantiate(await readFile(beside('schema_engine_bg.wasm')), {
    './schema_engine_bg.js': glue,
  });
  glue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  // the engine calls this before it panics
  globalThis.PRISMA_WASM_PANIC_REGISTRY ??= {
    set_message(message) {
      this.message = message;
    },
  };
  return glue;
}

function debug(line) {
  if (process.env.DEBUG) process.stderr.write(`${line}\n`);
}
