import {
  changeActions,
  type IamAction,
  lookActions,
  makeActions,
  networkChangeActions,
  networkMakeActions,
} from './iam-actions.ts';

type Statement = {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<
    Record<string, Readonly<Record<string, string | readonly string[]>>>
  >;
};

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */
export type IamPolicy = {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
};

const ec2 = (actions: readonly IamAction[]): string[] =>
  actions.map(({ action }) => `ec2:${action}`).toSorted();

/**
 * The policy under which everything works, and with which nothing can be changed or removed that
 * spot-tui did not make: what carries its tag. Without the network's actions `use_dedicated_vpc`
 * is all that does not work.
 *
 * Keys of conditions: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 */
export const iamPolicy = (): IamPolicy => {
  const made = [...makeActions, ...networkMakeActions]
    .map(({ action }) => action)
    .filter((action) => /^(Create(?!Route$)|Import|Run)/.test(action));
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Look',
        Effect: 'Allow',
        Action: [...ec2(lookActions), 'pricing:GetProducts'],
        Resource: '*',
      },
      {
        Sid: 'Make',
        Effect: 'Allow',
        Action: ec2([...makeActions, ...networkMakeActions]),
        Resource: '*',
      },
      {
        Sid: 'TagWhatIsMade',
        Effect: 'Allow',
        Action: ['ec2:CreateTags'],
        Resource: '*',
        Condition: { StringEquals: { 'ec2:CreateAction': made.toSorted() } },
      },
      {
        Sid: 'ChangeWhatItMade',
        Effect: 'Allow',
        Action: ec2([...changeActions, ...networkChangeActions]),
        Resource: '*',
        Condition: { Null: { 'aws:ResourceTag/spot-tui:deployment': 'false' } },
      },
      {
        Sid: 'UseSpotForTheFirstTime',
        Effect: 'Allow',
        Action: ['iam:CreateServiceLinkedRole'],
        Resource: '*',
        Condition: {
          StringEquals: {
            'iam:AWSServiceName': ['ec2fleet.amazonaws.com', 'spot.amazonaws.com'],
          },
        },
      },
    ],
  };
};

/**
 * What to add where secrets are kept in AWS, by the names that begin as these do. The last statement
 * is for keys of one's own only.
 */
export const secretStatements = (): readonly Statement[] => [
  {
    Sid: 'ReadSecrets',
    Effect: 'Allow',
    Action: ['secretsmanager:GetSecretValue', 'ssm:GetParameter'],
    Resource: ['arn:aws:secretsmanager:*:*:secret:fleet/*', 'arn:aws:ssm:*:*:parameter/fleet/*'],
  },
  {
    Sid: 'DecryptSecrets',
    Effect: 'Allow',
    Action: ['kms:Decrypt'],
    Resource: 'arn:aws:kms:*:*:key/KEY-ID',
    Condition: {
      StringLike: { 'kms:ViaService': ['secretsmanager.*.amazonaws.com', 'ssm.*.amazonaws.com'] },
    },
  },
];
