import path from 'node:path';
import type { NewFile } from './classify.ts';
import { installedPathOf } from './file-places.ts';
import { codeOf, isRun, namesOf } from './file-text.ts';

type Caution = {
  readonly pattern: RegExp;
  /** What to say of the files; they are taken as they are. */
  readonly say: (names: string) => string;
};

/** What in scripts and units does no good any more. */
const cautions: readonly Caution[] = [
  {
    pattern:
      /\bshutdown\b["',\s]+-r\b|(?:^|[;&|"'(]|\bsudo\s)\s*(?:\/sbin\/)?reboot\s*(?:$|[;&|"')])|\bsystemctl["',\s]+reboot\b/m,
    say: (names) =>
      `${names}: reboots the node. Take that out: nothing needs it, and a node is not ready before it is back`,
  },
  {
    pattern: /StrictHostKeyChecking[= ]no|UserKnownHostsFile[= ]\/dev\/null/,
    say: (names) => `${names}: host key checks are switched off. spot-tui ssh and exec make them`,
  },
  {
    pattern: /169\.254\.169\.254(?![\s\S]*X-aws-ec2-metadata-token)/,
    say: (names) =>
      `${names}: the metadata service is asked without a token, which nodes refuse, and the refusal may be taken for an answer. Read SPOT_TUI_INSTANCE_ID, SPOT_TUI_REGION and SPOT_TUI_NODE from /var/lib/spot-tui/node.env instead`,
  },
  {
    pattern: /\/tmp\/(?:uploaded_files|exs)\b/,
    say: (names) =>
      `${names}: looks into /tmp for what was uploaded. When it runs, that lies in /opt/uploaded_files`,
  },
  {
    pattern: /\/opt\/(?:deployment_complete|amauo_setup_complete)\b|\/tmp\/uploaded_files_ready\b/,
    say: (names) =>
      `${names}: knows a marker file of the old program, which nothing makes any more`,
  },
  {
    pattern: /^Standard(?:Output|Error)=(?:append|file|truncate):/m,
    say: (names) =>
      `${names}: output goes to a file, so spot-tui logs does not show it. Take StandardOutput= and StandardError= out to see it there`,
  },
  {
    pattern: /^ConditionPath/m,
    say: (names) =>
      `${names}: by ConditionPath…= systemd skips a unit in silence. An ExecStartPre= that says what is missing is better`,
  },
];

/** Units of the system, which are there without being uploaded. */
const systemUnit =
  /^(?:docker|containerd|configure-services|setup-config|startup-script|additional-commands|systemd-.*|cloud-.*|sshd?|network.*|NetworkManager.*|dbus|cron|rsyslog|chrony|apparmor|ufw|snapd?.*|-)(?:\.service|\.mount)?$/;

/**
 * What to look at in files that were taken: complete sentences without a full stop.
 *
 * @param username User that SSH logs in as.
 */
export const findCautions = (files: readonly NewFile[], username: string): string[] => {
  const run = files.filter(isRun);
  const found = cautions.flatMap(({ pattern, say }) => {
    const such = run.filter((file) => pattern.test(codeOf(file)));
    return such.length === 0 ? [] : [say(namesOf(such))];
  });
  const units = files.filter(({ path: file }) => /^services\/[^/]+$/.test(file));
  return [
    ...found,
    ...templates(files),
    ...missingUnits(units),
    ...missingFiles(units, run, new Set(files.map(installedPathOf))),
    ...units.flatMap((unit) => {
      const user = /^User=(.+)$/m.exec(codeOf(unit))?.[1]?.trim();
      return user === undefined || user === username || user === 'root'
        ? []
        : [
            `${path.posix.basename(unit.path)}: runs as ${user}, but the login user of the nodes is ${username}`,
          ];
    }),
  ];
};

/** What the ending means now, it may not have meant before. */
const templates = (files: readonly NewFile[]): string[] => {
  const such = files.filter((file) => file.path.endsWith('.template'));
  return such.length === 0
    ? []
    : [
        `${namesOf(such)}: nodes fill in what ends in .template, and have it under its name without that. Rename it where a script looks for it`,
      ];
};

/** Files that a unit hands to programs, and that no script seems to make. */
const missingFiles = (
  units: readonly NewFile[],
  run: readonly NewFile[],
  installed: ReadonlySet<string>,
): string[] =>
  units.flatMap((unit) => {
    const named = [...codeOf(unit).matchAll(execArguments)].flatMap(([, words = '']) =>
      [...words.matchAll(nodeFile)].map(([file]) => file),
    );
    return [...new Set(named)]
      .filter((file) => !installed.has(file) && !file.endsWith('.log') && !isMade(file, run))
      .map(
        (file) =>
          `${path.posix.basename(unit.path)}: ${file} is not among the files. Name one that is there, or have a script make it`,
      );
  });

const execArguments = /^Exec(?:Start|StartPre)=(?!-)\S+\s(.*)$/gm;
const nodeFile = /(?<=^|\s)\/(?:opt|etc|usr\/local)\/[\w./-]+\.\w+(?=\s|$)/g;

const isMade = (file: string, run: readonly NewFile[]): boolean =>
  run.some(
    (each) =>
      !each.path.startsWith('services/') && codeOf(each).includes(path.posix.basename(file)),
  );

const missingUnits = (units: readonly NewFile[]): string[] => {
  const names = new Set(units.map((unit) => path.posix.basename(unit.path)));
  const required = units.flatMap((unit) =>
    [...codeOf(unit).matchAll(/^(?:Requires|BindsTo|Requisite)=(.*)$/gm)].flatMap(([, list = '']) =>
      list
        .trim()
        .split(/\s+/)
        .filter((name) => name.endsWith('.service'))
        .map((name) => ({ name, by: unit })),
    ),
  );
  const missing = required.filter(({ name }) => !names.has(name));
  const standIn = missing.filter(({ name }) => name === 'setup-config.service');
  return [
    ...(standIn.length === 0
      ? []
      : [
          `${namesOf(standIn.map(({ by }) => by))}: requires setup-config.service, which was never uploaded. Nodes make one that does nothing; better take it out`,
        ]),
    ...missing
      .filter(({ name }) => !systemUnit.test(name))
      .map(
        ({ name, by }) =>
          `${path.posix.basename(by.path)}: requires ${name}, which is not here, and can’t start without it`,
      ),
  ];
};
