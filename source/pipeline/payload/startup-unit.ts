import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { PayloadConfig } from '../../config/config.ts';
import { installedName, type PayloadFile } from './payload-file.ts';

const startupUnit = 'startup-script.service';
const additionalUnit = 'additional-commands.service';

/**
 * Gives the configuration's startup script, and the old system's additional script, a unit each, so
 * that systemd runs them and reports on them. The additional one runs after the startup script.
 */
export const addStartupUnits = async (
  files: readonly PayloadFile[],
  config: PayloadConfig,
  templatesFolder: string,
): Promise<PayloadFile[]> => {
  const { startupScript, additionalCommandsScript } = config;
  if (startupScript === undefined && additionalCommandsScript === undefined) return [...files];
  const template = await readFile(path.join(templatesFolder, 'startup-script.service'), 'utf8');
  const unitFor = (name: string, script: string): PayloadFile => ({
    folder: 'units',
    name,
    content: Buffer.from(
      template.replaceAll('{{script}}', installedName({ name: path.basename(script) })),
    ),
    mode: 0o644,
  });
  return [
    ...files,
    ...(startupScript === undefined ? [] : [unitFor(startupUnit, startupScript)]),
    ...(additionalCommandsScript === undefined
      ? []
      : [
          unitFor(additionalUnit, additionalCommandsScript),
          {
            folder: 'units' as const,
            name: `${additionalUnit}.d/order.conf`,
            content: Buffer.from(`[Unit]\nAfter=${startupUnit}\n`),
            mode: 0o644,
          },
        ]),
  ];
};
