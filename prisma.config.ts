import { fileURLToPath } from 'node:url';
import { defineConfig } from 'prisma/config';

// No binary download: the schema engine is Prisma's own WebAssembly build, behind this script.
process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ??= fileURLToPath(new URL('./scripts/schema-engine.mjs', import.meta.url));
process.env['PRISMA_HIDE_UPDATE_MESSAGE'] ??= '1';

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env['DATABASE_URL'] ?? 'postgresql://none@127.0.0.1:1/none' },
});
