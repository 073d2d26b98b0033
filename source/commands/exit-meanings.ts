/** What an exit status says of a command. */
export type ExitMeaning = readonly [status: string, meaning: string];

const nodesAreReady = 'every node that was asked for is ready, or as many as --min-ready says';
const nodeFailed = 'a node failed or is not ready, or the time of --timeout ran out';
const unexpected = 'something unexpected; a recording that can’t be read is 2';
const noAnswer = 'EC2 could not be reached, or did not answer in time';

/** What 0 and 1 say, by command. */
const ownMeanings: ReadonlyMap<string, readonly [success: string, failure: string]> = new Map([
  ['dashboard', ['every node is ready', 'a node is not ready, or the time of --timeout ran out']],
  [
    'create',
    [
      `${nodesAreReady}; or the answer to the question was no`,
      'a node failed, capacity was refused, or the time of --timeout ran out',
    ],
  ],
  ['list', ['the nodes were listed, be it none', noAnswer]],
  [
    'destroy',
    [
      'what was to go is gone; or the answer to the question was no',
      'something is left, or it could not be looked whether it is',
    ],
  ],
  ['configure', [nodesAreReady, nodeFailed]],
  ['push', [nodesAreReady, `${nodeFailed}, also with nodes that were not begun with`]],
  ['doctor', ['every check passed on every node', 'a check failed, or a node can’t be reached']],
  ['exec', ['the command ended with 0 on every node', 'it did not, or a node can’t be reached']],
  ['logs', ['the journals were printed', 'the journal of a node could not be read']],
  [
    'ssh',
    ['as the remote command or shell, with every other status', 'the same; or no connection'],
  ],
  ['init', ['the files were written', 'they could not be written']],
  [
    'validate',
    ['`create` may begin', 'something could not be checked, such as for lack of network'],
  ],
  ['explain', ['printed', unexpected]],
  ['history', ['printed', unexpected]],
  ['replay', ['played', unexpected]],
  ['completion', ['printed', 'it could not be printed']],
  ['sandbox', ['done; `status` also where none runs', 'the sandbox does not run or answer']],
]);

/** What the exit statuses of a command say, in their order. */
export const exitMeanings = (command: string): readonly ExitMeaning[] => {
  const [success, failure] = ownMeanings.get(command) ?? ['all well', 'it failed'];
  return [
    ['0', success],
    ['1', failure],
    ['2', 'usage or configuration error, or a question that can’t be asked'],
    ['3', 'AWS credentials, permission or quota'],
    ['130, 143', 'interrupted; what runs keeps running'],
  ];
};
