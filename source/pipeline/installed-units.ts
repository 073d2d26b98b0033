import type { NodeConnection } from '../ssh/connection.ts';
import { lastLines } from './output-lines.ts';
import type { PayloadService } from './payload/services.ts';

/** Units of the machine itself whose words explain how a node came up. */
export const machineUnits = ['cloud-final.service', 'configure-services.service'] as const;

/** The units that configure-services installed on a node; none before it did. */
export const installedUnits = async (
  connection: NodeConnection,
  signal: AbortSignal,
): Promise<Pick<PayloadService, 'unit' | 'action'>[]> => {
  const command = 'sudo -n cat /var/lib/spot-tui/services.tsv 2> /dev/null';
  const { stdout } = await connection.exec(command, { signal });
  return stdout.split('\n').flatMap((line) => {
    const [name = '', , action] = line.split('\t');
    const [unit] = lastLines(name, 1);
    return unit === undefined ? [] : [{ unit, action: action === 'start' ? action : 'install' }];
  });
};
