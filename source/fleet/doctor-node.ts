import { moreLines } from '../events/topic.ts';
import { topicOfCheck } from '../pipeline/checks/topic-of-check.ts';
import type { Action, NodeResult } from './action-log.ts';
import type { NodeSession } from './node-session.ts';

/** Looks at a node now; what is found comes as its health, and in short as the result. */
export const doctorNode = async (
  action: Action,
  session: Pick<NodeSession, 'examine' | 'name'>,
): Promise<NodeResult> => {
  action.running(session.name, 'examining');
  const { checks } = (await session.examine(action.signal)).health;
  const count = (status: (typeof checks)[number]['status']): number =>
    checks.filter((check) => check.status === status).length;
  const failed = checks.filter(({ status }) => status === 'failed');
  const names = failed.map(({ name }) => name).join(', ');
  const skipped = count('skipped');
  return {
    status: failed.length === 0 ? 'succeeded' : 'failed',
    detail: [
      `${count('passed')} passed`,
      ...(skipped === 0 ? [] : [`${skipped} skipped`]),
      `${failed.length} failed${names === '' ? '' : `: ${names}`}`,
    ].join(', '),
    ...(failed.length === 0
      ? {}
      : {
          output: [
            ...failed.flatMap(({ detail, hint, name }) => [
              `${name}: ${detail}`,
              ...(hint === undefined ? [] : [`  ${hint}`]),
            ]),
            ...moreLines(failed.map(({ name }) => topicOfCheck(name))),
          ],
        }),
  };
};
