import type { Topic } from '../../events/topic.ts';
import type { CheckName } from './check.ts';

const topicsByName = {
  ssh: 'ssh',
  inspection: 'inspection',
  delivery: 'configure',
  'cloud-init': 'cloud-init',
  directories: 'cloud-init',
  files: 'configure',
  disk: 'disk',
  docker: 'containers',
  containers: 'containers',
} as const satisfies Record<CheckName, Topic>;

/** Names of what the configuration's own checks can't be: units have a type at their end. */
const unitName = /\.(?:service|socket|timer|path|target|mount|slice|scope|swap|device)$/;

/** Where to read on about a check that fails. What is no name of ours is one of the configuration. */
export const topicOfCheck = (name: string): Topic => {
  if (Object.hasOwn(topicsByName, name)) return topicsByName[name as CheckName];
  if (name.startsWith('container ')) return 'containers';
  return unitName.test(name) ? 'services' : 'own-checks';
};
