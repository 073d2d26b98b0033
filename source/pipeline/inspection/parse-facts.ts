import * as z from 'zod';
import { nodeHint } from '../node-hint.ts';
import type {
  CloudInitFacts,
  ContainerFacts,
  DirectoryFacts,
  NodeFacts,
  UnitFacts,
} from './facts.ts';
import { splitSections } from './sections.ts';

/** https://docs.cloud-init.io/en/latest/explanation/return_codes.html */
const cloudInitResult = z.object({ v1: z.object({ errors: z.array(z.string()).default([]) }) });

/**
 * Reads the sections that `templates/inspect-node.sh` prints.
 *
 * @throws Error when the output is cut short: half of the facts must not pass for all.
 */
export const parseFacts = (output: string): NodeFacts => {
  const sections = splitSections(output);
  if (!sections.has('end')) throw new Error('the inspection of the node was cut short');
  const lines = (name: string): readonly string[] => sections.get(name) ?? [];
  const first = (name: string): string => lines(name)[0] ?? '';

  const applied = first('applied');
  const [reason, hint] = lines('failure');
  const disk = parseDisk(first('disk'));
  const memory = parseMemory(lines('memory'));
  const load = parseLoad(first('load'));
  const processors = Number.parseInt(first('processors'), 10);
  return {
    bootId: first('boot-id'),
    uptime: Number.parseFloat(first('uptime')) || 0,
    cloudInit: parseCloudInit(first('cloud-init')),
    directories: lines('directories').map(parseDirectory),
    ...(applied === '' ? {} : { appliedManifest: applied }),
    fileComplaints: lines('files'),
    ...(reason === undefined ? {} : { failure: { reason, hint: nodeHint(hint ?? '') } }),
    units: parseUnits(lines('units')),
    docker: /^\d/.test(first('docker'))
      ? { version: first('docker') }
      : { problem: lines('docker').join(' ') || 'docker did not answer' },
    containers: lines('containers').flatMap(parseContainer),
    ...(disk === undefined ? {} : { disk }),
    ...(memory === undefined ? {} : { memory }),
    ...(load === undefined ? {} : { load }),
    ...(processors > 0 ? { processors } : {}),
  };
};

const parseCloudInit = (line: string): CloudInitFacts => {
  if (line === 'running' || line === 'disabled' || line === 'absent') return { state: line };
  const result = cloudInitResult.safeParse(parseJson(line));
  return { state: 'done', errors: result.success ? result.data.v1.errors : [line] };
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // Reported by the caller as what it is: text that is no result.
    return undefined;
  }
};

const parseDirectory = (line: string): DirectoryFacts => {
  const [path = '', found = 'missing'] = line.split('\t');
  if (found === 'missing') return { path, exists: false };
  const [owner = '', mode = ''] = found.split(' ');
  return { path, exists: true, owner, mode };
};

const parseUnits = (lines: readonly string[]): UnitFacts[] =>
  lines
    .join('\n')
    .split(/\n\n+/)
    .flatMap((block) => {
      const properties = new Map(
        block.split('\n').map((line) => {
          const at = line.indexOf('=');
          return [line.slice(0, at), line.slice(at + 1)] as const;
        }),
      );
      const id = properties.get('Id');
      if (id === undefined) return [];
      const text = (name: string): string => properties.get(name) ?? '';
      const count = (name: string): number => Number.parseInt(text(name), 10) || 0;
      return [
        {
          id,
          loadState: text('LoadState'),
          activeState: text('ActiveState'),
          subState: text('SubState'),
          result: text('Result'),
          restarts: count('NRestarts'),
          exitStatus: count('ExecMainStatus'),
          unitFileState: text('UnitFileState'),
          invocationId: text('InvocationID'),
          type: text('Type'),
          activeSince: count('ActiveEnterTimestampMonotonic') / 1_000_000,
        },
      ];
    });

const parseContainer = (line: string): ContainerFacts[] => {
  const [name, state, status, image] = line.split('\t');
  if (name === undefined || state === undefined) return [];
  return [{ name, state, status: status ?? '', image: image ?? '' }];
};

const parseDisk = (line: string): NodeFacts['disk'] => {
  const [, total, , available] = line.trim().split(/\s+/);
  return kilobytesOf(total, available);
};

const parseMemory = (lines: readonly string[]): NodeFacts['memory'] => {
  const field = (name: string): string | undefined =>
    lines.find((line) => line.startsWith(name))?.replace(/\D+/g, '');
  return kilobytesOf(field('MemTotal'), field('MemAvailable'));
};

/** Undefined unless both are numbers and there is no more available than there is. */
const kilobytesOf = (
  total: string | undefined,
  available: string | undefined,
): { readonly totalKb: number; readonly availableKb: number } | undefined => {
  const [totalKb, availableKb] = [Number(total), Number(available)];
  const isPossible = Number.isSafeInteger(totalKb) && availableKb >= 0 && availableKb <= totalKb;
  return total !== '' && isPossible ? { totalKb, availableKb } : undefined;
};

const parseLoad = (line: string): NodeFacts['load'] => {
  const [one = NaN, five = NaN, fifteen = NaN] = line.split(' ').map(Number.parseFloat);
  return [one, five, fifteen].every(Number.isFinite) ? [one, five, fifteen] : undefined;
};
