// The types of what --json prints, and of config.yaml, for programs in TypeScript.
import { readdir, readFile } from 'node:fs/promises';
import { compile } from 'json-schema-to-typescript';

/** The package's schemas by what a program calls the type. */
const schemaOf = {
  FleetEvent: 'events',
  FleetList: 'list',
  DeploymentList: 'deployments',
  DoctorReport: 'doctor',
  ValidationReport: 'validation',
  LaunchPlan: 'plan',
  DestructionPlan: 'destruction',
  ExpiredPlan: 'expired',
  HistoryLine: 'history',
  SpotTuiConfiguration: 'config',
};

/**
 * TypeScript's declarations of everything that has a JSON Schema in `templates/`.
 *
 * @returns {Promise<string>}
 */
export const publicTypes = async () => {
  const named = new Set(Object.values(schemaOf).map((file) => `${file}.schema.json`));
  for (const file of await readdir('templates')) {
    if (file.endsWith('.schema.json') && !named.has(file)) {
      throw new Error(`templates/${file} has no type: name one in scripts/public-types.js`);
    }
  }
  const types = await Promise.all(
    Object.entries(schemaOf).map(async ([name, file]) =>
      compile(JSON.parse(await readFile(`templates/${file}.schema.json`, 'utf8')), name, {
        bannerComment: '',
        // The schemas allow more, for later versions; a program should not read what isn't named.
        additionalProperties: false,
        ignoreMinAndMaxItems: true,
        style: { printWidth: 100, singleQuote: true },
      }),
    ),
  );
  return types.join('\n');
};
