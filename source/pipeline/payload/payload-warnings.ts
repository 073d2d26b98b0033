import { installedPath, type PayloadFile } from './payload-file.ts';
import type { PayloadService } from './services.ts';

/** Directives of systemd.service(5) that run programs. */
const execLine = /^Exec(?:Start|StartPre|StartPost|Condition)=[@\-:+!|]*(\S+)/gm;

/** What the node's configure-services itself puts below the folder of uploads. */
const uploadRoot = '/opt/uploaded_files/';

/**
 * Mistakes that can be seen here and would only show on nodes that cost money: complete lines, none
 * of them certain enough to refuse the payload.
 */
export const payloadWarnings = (
  files: readonly PayloadFile[],
  services: readonly PayloadService[],
): string[] => {
  const installed = new Map(files.map((file) => [installedPath(file), file]));
  const units = files.filter(({ folder, name }) => folder === 'units' && !name.includes('/'));
  return [
    ...units.flatMap((unit) =>
      programsOf(unit).flatMap((program) => {
        const file = installed.get(program);
        if (file === undefined) {
          return [`unit ${unit.name} runs ${program}, which is not among the files to upload`];
        }
        return (file.mode & 0o111) === 0
          ? [`unit ${unit.name} runs ${program}, which is not executable: chmod +x it`]
          : [];
      }),
    ),
    ...services
      .filter(({ action, unit }) => action === 'install' && isForgotten(unit, units))
      .map(
        ({ unit }) =>
          `unit ${unit} has no [Install] section and nothing mentions it: it will not be started`,
      ),
  ];
};

const programsOf = ({ content }: PayloadFile): string[] =>
  [...content.toString('utf8').matchAll(execLine)]
    .map(([, program]) => program ?? '')
    .filter((program) => program.startsWith(uploadRoot));

/** A template waits for an instance, and a unit that another one names is started by that. */
const isForgotten = (unit: string, units: readonly PayloadFile[]): boolean =>
  unit.endsWith('.service') &&
  !unit.includes('@.') &&
  !units.some(({ content, name }) => name !== unit && content.includes(unit)) &&
  // A timer, socket or path unit starts the service of its own name.
  !units.some(
    ({ name }) => name !== unit && !name.endsWith('.service') && stemOf(name) === stemOf(unit),
  );

const stemOf = (unit: string): string => unit.slice(0, unit.lastIndexOf('.'));
