import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { hasCode } from './has-code.ts';

// Only the first four are needed to stop a sandbox; they have to stay for programs of other builds.
const addressSchema = z.object({
  build: z.string(),
  pid: z.int().positive(),
  url: z.url(),
  /** Bearer token of the control interface; also tells one run from another. */
  token: z.string().min(1),
  accessKeyId: z.string().default(''),
  privateKeyPath: z.string().default(''),
  publicKeyPath: z.string().default(''),
  fast: z.boolean().default(false),
  /** Milliseconds since the Unix epoch. */
  startedAt: z.number().default(0),
});

/** Where a sandbox is and how to talk to it. */
export type SandboxAddress = z.output<typeof addressSchema>;

const fileName = 'sandbox.json';

/** The address of the sandbox of a folder; undefined where there is none, or none to make sense of. */
export const readAddress = async (folder: string): Promise<SandboxAddress | undefined> => {
  let text: string;
  try {
    text = await readFile(path.join(folder, fileName), 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  const address = addressSchema.safeParse(parseJson(text));
  return address.success ? address.data : undefined;
};

/**
 * Writes the address of a folder's sandbox, readable by its user only: all of it or nothing.
 *
 * @returns false where the folder has another sandbox already
 */
export const writeAddress = async (folder: string, address: SandboxAddress): Promise<boolean> => {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = path.join(folder, fileName);
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, `${JSON.stringify(address, undefined, 2)}\n`, { mode: 0o600 });
  try {
    // Unlike a rename, a link never replaces what another process has put there.
    await link(draft, file);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
};

/** Removes the address of a folder's sandbox if it is still the one of the run with that token. */
export const removeAddress = async (folder: string, token: string | undefined): Promise<void> => {
  const address = await readAddress(folder);
  if (address?.token === token) await rm(path.join(folder, fileName), { force: true });
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // A file that is no JSON is no address, which is what the caller is told.
    return undefined;
  }
};

const isMissing = (error: unknown): boolean =>
  hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR');
