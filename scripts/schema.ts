// Writes the JSON Schema that editors use to complete and check config.yaml.
import { writeFile } from 'node:fs/promises';
import { configJsonSchema } from '../source/config/json-schema.ts';

await writeFile(
  'templates/config.schema.json',
  `${JSON.stringify(configJsonSchema(), undefined, 2)}\n`,
);
