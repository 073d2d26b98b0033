import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Profiles of AWS for runs at the same time, in files that the SDK reads. */
export class Slots {
  readonly #folder: string;
  readonly #keys: { accessKeyId: string; readonly secretAccessKey: string }[];
  #writing: Promise<void> = Promise.resolve();

  constructor(folder: string, count: number) {
    this.#folder = folder;
    this.#keys = Array.from({ length: count }, (_, slot) => ({
      accessKeyId: `MATRIX${slot}`,
      secretAccessKey: `Secret${String(slot).padStart(2, '0')}AccessKeyOfTheReliabilityMatrix1`,
    }));
  }

  get environment(): Readonly<Record<string, string>> {
    return {
      AWS_CONFIG_FILE: path.join(this.#folder, 'config'),
      AWS_SHARED_CREDENTIALS_FILE: path.join(this.#folder, 'credentials'),
      AWS_EC2_METADATA_DISABLED: 'true',
    };
  }

  profile(slot: number): string {
    return `slot-${slot}`;
  }

  /** What the access keys of a slot begin with, whichever of them is the newest. */
  accessKeyId(slot: number): string {
    return `MATRIX${slot}`;
  }

  secretAccessKey(slot: number): string {
    return this.#keys[slot]?.secretAccessKey ?? '';
  }

  /** Gives a slot another access key. */
  async renew(slot: number): Promise<void> {
    const key = this.#keys[slot];
    if (key === undefined) throw new Error(`there is no slot ${slot}`);
    const [base, count = '0'] = key.accessKeyId.split('-');
    key.accessKeyId = `${base}-${Number(count) + 1}`;
    await this.write();
  }

  async write(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#write());
    await this.#writing;
  }

  async #write(): Promise<void> {
    const sections = this.#keys.map(
      ({ accessKeyId, secretAccessKey }, slot) =>
        `[${this.profile(slot)}]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
    );
    const profiles = this.#keys.map(
      (_, slot) => `[profile ${this.profile(slot)}]\nregion = us-west-2\n`,
    );
    await this.#replace('credentials', sections.join('\n'));
    await this.#replace('config', profiles.join('\n'));
  }

  async #replace(name: string, content: string): Promise<void> {
    const file = path.join(this.#folder, name);
    await writeFile(`${file}.new`, content, { mode: 0o600 });
    await rename(`${file}.new`, file);
  }
}
