// Writes the JSON Schemas: of config.yaml, for editors, and of what --json prints, for programs.
import { writeFile } from 'node:fs/promises';
import { configJsonSchema } from '../source/config/json-schema.ts';
import { jsonSchemas } from '../source/reporters/json-schemas.ts';

const schemas = new Map([['config.schema.json', configJsonSchema()], ...jsonSchemas()]);
for (const [name, schema] of schemas) {
  await writeFile(`templates/${name}`, `${JSON.stringify(schema, undefined, 2)}\n`);
}
