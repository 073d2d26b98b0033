/**
 * What `spot-tui explain` tells about: names of the sections of docs/troubleshooting.md, with the
 * headings that these have there, in the order of the page.
 */
export const topics = {
  start: 'First steps',
  phases: 'By phase',
  checks: 'By check',
  messages: 'By the words of the message',
  capacity: 'No capacity',
  aws: 'Credentials, permissions and quotas',
  boot: 'The node does not boot',
  ssh: 'The node does not answer SSH',
  key: 'The node refuses the key',
  'host-key': 'The host key is not trusted',
  upload: 'The upload fails',
  disk: 'The disk is full',
  'cloud-init': 'cloud-init failed',
  configure: 'configure-services failed',
  services: 'A service does not run',
  containers: 'A container is missing',
  'own-checks': 'A check of your own fails',
  inspection: 'The node does not tell what runs on it',
  interrupted: 'The node is interrupted or gone',
  leftovers: 'Something is left, or was forgotten',
  usage: 'The command line or config.yaml is refused',
  payload: 'Your files are refused',
  secrets: "A secret can't be read",
  dashboard: 'The dashboard or the terminal is wrong',
  ci: 'CI fails or hangs',
  sandbox: 'The sandbox does not work',
  bug: 'Still not clear',
} as const satisfies Readonly<Record<string, string>>;

export type Topic = keyof typeof topics;

export const isTopic = (name: unknown): name is Topic =>
  typeof name === 'string' && Object.hasOwn(topics, name);

/** Where to read on about an error: what it says of itself, as most errors with a hint do. */
export const topicOfError = (error: unknown): Topic | undefined =>
  error instanceof Error && 'topic' in error && isTopic(error.topic) ? error.topic : undefined;

/** The commands that tell more about the topics, each once; empty without any. */
export const readOn = (about: Iterable<Topic | undefined>): string =>
  [...new Set(about)]
    .filter((topic) => topic !== undefined)
    .map((topic) => `spot-tui explain ${topic}`)
    .join(', ');

/** `readOn` as a line of its own, as a list so that there may be none. */
export const moreLines = (about: Iterable<Topic | undefined>): readonly string[] => {
  const commands = readOn(about);
  return commands === '' ? [] : [`More: ${commands}`];
};
