import {
  changeActions,
  type IamAction,
  lookActions,
  makeActions,
  networkChangeActions,
  networkMakeActions,
  secretActions,
} from './iam-actions.ts';
import { iamPolicy, secretStatements } from './iam-policy.ts';

const begin = '<!-- permissions: written by `npm run permissions` -->';
const end = '<!-- end of permissions -->';

/**
 * The page about security with the policy and the table of actions as they are.
 *
 * @throws Error when the page has no such section
 */
export const withPermissions = (page: string): string => {
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from === -1 || to === -1) throw new Error(`there is no section from ${begin} to ${end}`);
  const section = [
    ...jsonBlock(iamPolicy()),
    '',
    'Only where `secrets` are kept in AWS, these statements come on top, with the names and the key that you have:',
    '',
    ...jsonBlock(secretStatements()),
    '',
    ...table(),
  ];
  return `${page.slice(0, from + begin.length)}\n\n${section.join('\n')}\n\n${page.slice(to)}`;
};

const jsonBlock = (value: unknown): string[] => [
  '```json',
  JSON.stringify(value, undefined, 2),
  '```',
];

const table = (): string[] => [
  '| action | needed to | without it |',
  '| --- | --- | --- |',
  ...[...lookActions, ...makeActions, ...changeActions].map((action) => row(action)),
  ...[...networkMakeActions, ...networkChangeActions].map((action) =>
    row(action, 'no `use_dedicated_vpc`'),
  ),
  '| `pricing:GetProducts` | compare with on-demand prices | those are shown as unknown |',
  ...secretActions.map(
    ({ action, purpose, without }) => `| \`${action}\` | ${purpose} | ${without} |`,
  ),
  '| `iam:CreateServiceLinkedRole` | use spot in an account that never did | an administrator has to do it once |',
];

const row = ({ action, purpose, without }: IamAction, otherwise = 'nothing works'): string =>
  `| \`ec2:${action}\` | ${purpose} | ${without ?? otherwise} |`;
