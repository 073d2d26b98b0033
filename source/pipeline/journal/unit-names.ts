import type { NodeConnection } from '../../ssh/connection.ts';
import { lastLines } from '../output-lines.ts';

/** Units of the machine itself whose words explain how a node came up. */
export const machineUnits = ['cloud-final.service', 'configure-services.service'] as const;

/** Names of the units that configure-services installed on a node; none before it did. */
export const installedUnits = async (
  connection: NodeConnection,
  signal: AbortSignal,
): Promise<string[]> => {
  const command = 'sudo -n cut -f 1 /var/lib/spot-tui/services.tsv 2> /dev/null';
  const { stdout } = await connection.exec(command, { signal });
  return lastLines(stdout, Number.POSITIVE_INFINITY);
};
