/** What the Prisma CLI passes to the engine: `--datamodels FILE`..., `--datasource JSON`, `cli COMMAND`, `--version`. */
export function readArguments(argv) {
  const datasource = JSON.parse(valuesAfter(argv, '--datasource')[0] ?? '{}');
  return {
    version: argv.includes('--version') || argv.includes('-V'),
    datamodels: valuesAfter(argv, '--datamodels'),
    command: valuesAfter(argv, 'cli')[0],
    url: datasource.url,
    shadowUrl: datasource.shadowDatabaseUrl,
  };
}

const valuesAfter = (argv, name) => argv.filter((_, index) => argv[index - 1] === name);
