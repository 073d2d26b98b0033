import assert from 'node:assert/strict';
import { runCommand } from './clean-machine.ts';

/** What npm says of a tarball that it has made. */
export type Packed = {
  readonly filename: string;
  /** Bytes. */
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
};

/** Makes the tarball of a checkout, as it would be published, in a folder. */
export const pack = async (checkout: string, folder: string): Promise<Packed> => {
  const { status, stdout, stderr } = await runCommand(
    'npm',
    // What `prepare` would do has been done: the program was built right before.
    ['pack', '--json', '--ignore-scripts', '--pack-destination', folder],
    checkout,
    { ...process.env, npm_config_loglevel: 'error' },
  );
  assert.equal(status, 0, stderr);
  // An array until npm 11, from then on an object with the packages by name.
  const [packed] = Object.values(JSON.parse(stdout) as Readonly<Record<string, Packed>>);
  assert.ok(packed, stdout);
  return packed;
};
