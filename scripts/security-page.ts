import {
  changeActions,
  type IamAction,
  lookActions,
  makeActions,
  networkChangeActions,
  networkMakeActions,
} from './iam-actions.ts';
import { iamPolicy } from './iam-policy.ts';

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
  const section = ['```json', JSON.stringify(iamPolicy(), undefined, 2), '```', '', ...table()];
  return `${page.slice(0, from + begin.length)}\n\n${section.join('\n')}\n\n${page.slice(to)}`;
};

const table = (): string[] => [
  '| action | needed to | without it |',
  '| --- | --- | --- |',
  ...[...lookActions, ...makeActions, ...changeActions].map((action) => row(action)),
  ...[...networkMakeActions, ...networkChangeActions].map((action) =>
    row(action, 'no `use_dedicated_vpc`'),
  ),
  '| `pricing:GetProducts` | compare with on-demand prices | those are shown as unknown |',
  '| `iam:CreateServiceLinkedRole` | use spot in an account that never did | an administrator has to do it once |',
];

const row = ({ action, purpose, without }: IamAction, otherwise = 'nothing works'): string =>
  `| \`ec2:${action}\` | ${purpose} | ${without ?? otherwise} |`;
