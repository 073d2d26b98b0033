// A program around the dashboard, for tests that need a process and a terminal of their own. What
// its mode says happens at SIGUSR1.
import type { FleetEvent } from '../../source/events/event.ts';
import { createFleetStore } from '../../source/fleet/store.ts';
import { runDashboard } from '../../source/ui/run-dashboard.tsx';
import { begins, enters, fails, runsOn } from './events.ts';
import { idleActions } from './idle-actions.ts';

const [mode = 'plain'] = process.argv.slice(2);
const store = createFleetStore();
store.dispatch(begins('sandbox', 'create', 2));
for (const node of ['us-west-2-1', 'us-west-2-2']) {
  store.dispatch(enters(node, 'booting'));
  store.dispatch(runsOn(node));
}
const controller = new AbortController();

/** What happens to the fleet, one event for each SIGUSR1. */
const steps: FleetEvent[] = [
  enters('us-west-2-1', 'ready', 20),
  fails('us-west-2-2', 'no sensor.service', 'push it', 30),
];

const misbehave = () => {
  switch (mode) {
    case 'reject':
      void Promise.reject(new Error('boom that nobody handled'));
      return;
    case 'throw-in-timer':
      setTimeout(() => {
        throw new Error('boom in a timer');
      });
      return;
    case 'throw-inside':
      store.getState = () => {
        throw new Error('boom inside of the dashboard');
      };
      store.dispatch(enters('us-west-2-1', 'ready'));
      return;
    case 'abort':
      controller.abort();
      return;
    case 'print':
      console.log('printed meanwhile');
      process.emitWarning('warned meanwhile');
      store.dispatch(enters('us-west-2-1', 'connecting'));
      return;
    default: {
      const event = steps.shift();
      if (event !== undefined) store.dispatch(event);
    }
  }
};
process.on('SIGUSR1', misbehave);

try {
  const outcome = await runDashboard({
    store,
    signal: controller.signal,
    notifies: mode !== 'quiet',
    actions: {
      ...idleActions,
      sshCommand: () => ({
        file: mode === 'ssh-absent' ? '/nonexistent/ssh' : 'sh',
        arguments: [
          '-c',
          mode === 'ssh-fails'
            ? 'echo no route to host >&2; exit 255'
            : 'stty -a | grep -c -- -icanon; while read line && [ "$line" != end ]; do echo "got:$line"; done; exit 3',
        ],
      }),
    },
  });
  console.log(`outcome ${JSON.stringify(outcome)}`);
} catch (error) {
  console.log(`caught ${String(error)}`);
}
