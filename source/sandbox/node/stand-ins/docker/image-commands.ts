import { type Call, complain } from '../call.ts';
import { parseOptions } from '../options.ts';
import { imageRow } from './container-view.ts';
import type { DockerMachine } from './docker-machine.ts';
import type { ContainerEngine } from './engine.ts';
import { printRows } from './print-rows.ts';

/** `docker images`. */
export const images = (call: Call, engine: ContainerEngine, words: readonly string[]): number => {
  const given = parseOptions(words, {
    all: { short: 'a' },
    quiet: { short: 'q' },
    'no-trunc': {},
    digests: {},
    format: { value: 'required' },
    filter: { short: 'f', value: 'required' },
  });
  const [wanted] = given.operands;
  const rows = engine
    .images()
    .map(imageRow)
    .filter(
      (row) =>
        wanted === undefined ||
        row.Repository === wanted ||
        `${row.Repository}:${row.Tag}` === wanted,
    );
  if (given.has('quiet')) {
    for (const row of rows) call.out(`${row.ID}\n`);
    return 0;
  }
  printRows(
    call,
    rows,
    { Repository: 'REPOSITORY', Tag: 'TAG', ID: 'IMAGE ID', CreatedSince: 'CREATED', Size: 'SIZE' },
    given.last('format'),
  );
  return 0;
};

/** `docker pull`. */
export const pull = async (
  call: Call,
  engine: ContainerEngine,
  words: readonly string[],
): Promise<number> => {
  const given = parseOptions(words, {
    quiet: { short: 'q' },
    'all-tags': { short: 'a' },
    platform: { value: 'required' },
  });
  const [reference = ''] = given.operands;
  const image = await engine.pull(reference, call.signal);
  if (given.has('quiet')) {
    call.out(`${image.reference}\n`);
    return 0;
  }
  call.out(
    `Digest: ${image.id}\nStatus: Downloaded newer image for ${image.reference}\n${image.reference}\n`,
  );
  return 0;
};

/** `docker rmi`. */
export const removeImages = (
  call: Call,
  engine: ContainerEngine,
  words: readonly string[],
): number => {
  const given = parseOptions(words, { force: { short: 'f' }, 'no-prune': {} });
  for (const reference of given.operands) {
    engine.removeImage(reference);
    call.out(`Untagged: ${reference}\n`);
  }
  return 0;
};

/** `docker load`: the names of the images in an archive. */
export const load = async (
  call: Call,
  { engine, shell }: DockerMachine,
  words: readonly string[],
): Promise<number> => {
  const given = parseOptions(words, {
    input: { short: 'i', value: 'required' },
    quiet: { short: 'q' },
    platform: { value: 'required' },
  });
  const input = given.last('input');
  if (input === undefined) {
    return complain(call, 'docker: load is simulated with --input only in the sandbox');
  }
  const file = input.startsWith('/') ? input : `${call.directory}/${input}`;
  const { status, stdout, stderr } = await shell.run('tar -xOf "$SPOT_TUI_ROOT$1" manifest.json', [
    file,
  ]);
  if (status !== 0) return complain(call, `open ${input}: ${stderr.trim()}`);
  const manifest: unknown = JSON.parse(stdout);
  for (const entry of Array.isArray(manifest) ? manifest : []) {
    for (const tag of entry?.RepoTags ?? []) {
      call.out(`Loaded image: ${engine.addImage(String(tag)).reference}\n`);
    }
  }
  return 0;
};
