import type { FleetState } from '../../fleet/state.ts';
import { shortPrice } from '../price.ts';
import { lineOf } from '../prompt/line-edit.ts';
import { ask } from './confirm-action.ts';
import { type KeyContext, tell } from './key-context.ts';
import { labelOfCommand } from './label-of-command.ts';

/** Nodes that are launched without another question: a digit too many costs money. */
const mostUnasked = 10;

/** Asks how many more nodes are launched, and where. */
export const askForLaunch = (context: KeyContext): void => {
  const { actions, model } = context;
  if (actions === undefined) {
    tell(context, 'warning', 'This is a recording: launch needs a fleet');
    return;
  }
  model.view.dispatch({
    type: 'ask',
    prompt: {
      label: 'Launch more (3 or 3 us-west-2):',
      edit: lineOf(''),
      earlier: [],
      submit(text) {
        const answer = parseLaunch(text, model.fleet.getState().regions);
        if ('problem' in answer) return answer.problem;
        const { count, region } = answer;
        if (count <= mostUnasked) launch(context, answer);
        else {
          ask(context, {
            title: `Launch ${describe(answer)}?`,
            nodes: [],
            leftOut: [],
            effects: [
              `EC2 is asked for ${count} spot instances${region === undefined ? ', spread over the regions' : ''}. They cost money until they are terminated${estimateOf(model.fleet.getState(), count)}.`,
            ],
            verb: 'launch',
            isDestructive: false,
            confirm: () => launch(context, answer),
            declined: 'Nothing was launched',
          });
        }
        return undefined;
      },
    },
  });
};

/** What so many nodes may cost, by those that are there; nothing where that is not known. */
const estimateOf = ({ nodes }: FleetState, count: number): string => {
  const prices = [...nodes.values()].flatMap(({ pricePerHour }) => pricePerHour ?? []);
  if (prices.length === 0) return '';
  const sum = prices.reduce((total, price) => total + price, 0);
  return `: about ${shortPrice((sum / prices.length) * count)} an hour, by what the others cost`;
};

type Launch = { readonly count: number; readonly region?: string };

const launch = (context: KeyContext, { count, region }: Launch): void => {
  context.actions?.launch(count, region);
  const key = labelOfCommand(context, 'actions');
  tell(
    context,
    'good',
    `launch of ${describe({ count, ...(region && { region }) })}: ${key} shows how far it is`,
  );
};

const describe = ({ count, region }: Launch): string =>
  `${count} ${count === 1 ? 'node' : 'nodes'}${region === undefined ? '' : ` in ${region}`}`;

const parseLaunch = (
  text: string,
  regions: readonly string[],
): Launch | { readonly problem: string } => {
  const [amount = '', typed, ...rest] = text.trim().split(/[\s,]+/);
  if (!/^[1-9]\d{0,4}$/.test(amount)) return { problem: 'how many? 1 or more' };
  if (rest.length > 0) return { problem: 'one region at most' };
  const count = Number(amount);
  if (typed === undefined) return { count };
  const meant = regions.filter((region) => region.startsWith(typed));
  const region =
    regions.find((each) => each === typed) ?? (meant.length === 1 ? meant[0] : undefined);
  return region === undefined
    ? { problem: `${typed} is none of ${regions.join(', ')}` }
    : { count, region };
};
