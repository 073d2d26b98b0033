import type { Rollout } from '../../fleet/actions.ts';
import type { NodeState } from '../../fleet/state.ts';
import type { Question } from '../overlays/question.ts';
import { lineOf } from '../prompt/line-edit.ts';
import type { KeyContext } from './key-context.ts';
import { isGone } from './refusal.ts';
import { formatRollout } from './rollout-line.ts';
import { type SentAction, sendAction, sendRollout } from './send-action.ts';
import { describeNodes, type Targets } from './targets.ts';

/** Terminations for which a single key would be too little. */
const mostByKey = 10;

/** Asks before an action works on many nodes, or does what can't be undone. */
export const confirmAction = (context: KeyContext, action: SentAction, targets: Targets): void => {
  const nodes = targets.nodes.map(({ name }) => name);
  const isDestructive =
    action === 'terminate' || (action === 'replace' && targets.nodes.some(hasInstance));
  const { deployment } = context.model.fleet.getState();
  const mustType = isDestructive && nodes.length > mostByKey && deployment !== '';
  ask(context, {
    title: `${capitalised(action)} ${describeNodes(nodes)}?`,
    ...questionOf(targets),
    effects: [...effectsOf(context, action, targets.nodes), ...hiddenOf(context, nodes)],
    verb: action,
    isDestructive,
    ...(mustType ? { toType: deployment } : {}),
    confirm: () => sendAction(context, action, targets.nodes),
  });
};

/** Asks before files are pushed in stages. */
export const confirmRollout = (context: KeyContext, targets: Targets, rollout: Rollout): void => {
  const nodes = targets.nodes.map(({ name }) => name);
  ask(context, {
    title: `Push to ${describeNodes(nodes)}, ${formatRollout(rollout)}?`,
    ...questionOf(targets),
    effects: [...stagesOf(nodes, rollout), effectOfPush, ...hiddenOf(context, nodes)],
    verb: 'push',
    isDestructive: false,
    confirm: () => sendRollout(context, nodes, rollout),
  });
};

/** Opens a question. */
export const ask = ({ model }: KeyContext, question: Question): void =>
  model.view.dispatch({
    type: 'open',
    overlay: { type: 'confirm', question, typed: lineOf('') },
  });

const questionOf = ({
  leftOut,
  nodes,
}: Targets): Pick<Question, 'nodes' | 'leftOut' | 'declined'> => {
  const names = nodes.map(({ name }) => name);
  return {
    nodes: names,
    leftOut,
    declined: `${describeNodes(names)} ${names.length === 1 ? 'stays as it is' : 'stay as they are'}`,
  };
};

const effectOfPush =
  'Uploads the files that changed and configures the nodes: services whose files did not change keep running.';

const effectsOf = (
  { model: { commandLine } }: KeyContext,
  action: SentAction,
  nodes: readonly NodeState[],
): string[] => {
  const [node] = nodes;
  const isOne = nodes.length === 1;
  const instances = node !== undefined && isOne ? instanceOf(node) : 'Their instances';
  const are = isOne ? 'is' : 'are';
  switch (action) {
    case 'configure':
      return ['Runs configure-services again: it restarts services whose files changed, no other.'];
    case 'push':
      return [effectOfPush];
    case 'retry':
      return [
        'Runs the whole pipeline again, on the same instance where there is one; services whose files did not change keep running.',
      ];
    case 'terminate':
      return [
        `${instances} ${are} terminated and ${isOne ? 'its volume' : 'their volumes'} deleted. What runs there stops. This can't be undone; ${commandLine('create')} launches ${isOne ? 'another one' : 'others'}.`,
      ];
    case 'replace':
      if (!nodes.some(hasInstance)) {
        return [
          isOne
            ? 'There is no instance any longer: a new one is launched under the same name.'
            : 'There are no instances any longer: new ones are launched under the same names.',
        ];
      }
      return [
        `${instances} ${are} terminated and ${isOne ? 'its volume' : 'their volumes'} deleted, then ${isOne ? 'a new one is' : 'new ones are'} launched under the same ${isOne ? 'name' : 'names'}. What is stored there is lost: this can't be undone.`,
      ];
    default:
      return action satisfies never;
  }
};

const hasInstance = (node: NodeState): boolean => node.instanceId !== undefined && !isGone(node);

const instanceOf = (node: NodeState): string => {
  const facts = [node.instanceType, node.zone ?? node.region].filter((fact) => fact !== undefined);
  return `${node.instanceId ?? 'Its instance'} (${facts.join(', ')})`;
};

const stagesOf = (
  nodes: readonly string[],
  { batchSize, canary, maxFailures }: Rollout,
): string[] => {
  const first = Math.min(canary, nodes.length);
  const batches = Math.ceil((nodes.length - first) / batchSize);
  const failures = maxFailures === 1 ? 'the first failure' : `${maxFailures} failures`;
  return [
    [
      ...(first === 0
        ? []
        : [`${describeNodes(nodes.slice(0, first))} first; if that fails, no other.`]),
      ...(batches === 0
        ? []
        : [
            `${first === 0 ? 'The' : 'Then the'} others in ${batches} ${batches === 1 ? 'batch' : 'batches'}, until ${failures}.`,
          ]),
    ].join(' '),
  ];
};

/** A selection may hold nodes that the filter hides: nobody would think of those. */
const hiddenOf = ({ model }: KeyContext, nodes: readonly string[]): string[] => {
  const { fleet, screens } = model.view.getState();
  if (nodes.length < 2 || screens.length > 0) return [];
  const shown = new Set(model.order.rows(model.fleet.getState(), fleet));
  const hidden = nodes.filter((name) => !shown.has(name)).length;
  if (hidden === 0) return [];
  return [`${hidden} of them ${hidden === 1 ? 'is' : 'are'} selected but hidden by the filter.`];
};

const capitalised = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
