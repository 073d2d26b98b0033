// A program around the dashboard, for tests that need a process and a terminal of their own.
import { setTimeout as sleep } from 'node:timers/promises';
import { createFleetStore } from '../../source/fleet/store.ts';
import { runDashboard } from '../../source/ui/run-dashboard.tsx';
import { enters, runsOn } from './events.ts';

const [mode = 'plain'] = process.argv.slice(2);
const store = createFleetStore();
for (const node of ['us-west-2-1', 'us-west-2-2']) {
  store.dispatch(enters(node, 'booting'));
  store.dispatch(runsOn(node));
}
const controller = new AbortController();
const ignore = () => 1;

const misbehave = async () => {
  await sleep(200);
  switch (mode) {
    case 'throw':
      throw new Error('boom outside of the dashboard');
    case 'throw-inside':
      store.getState = () => {
        throw new Error('boom inside of the dashboard');
      };
      store.dispatch(enters('us-west-2-1', 'ready'));
      return;
    case 'abort':
      return controller.abort();
    case 'print':
      console.log('printed meanwhile');
      process.emitWarning('warned meanwhile');
      return;
    default:
      return;
  }
};

try {
  const outcome = await runDashboard({
    store,
    signal: controller.signal,
    actions: {
      configure: ignore,
      push: ignore,
      retry: ignore,
      terminate: ignore,
      doctor: ignore,
      exec: ignore,
      replace: ignore,
      launch: ignore,
      cancel: () => undefined,
      followLogs: () => Promise.resolve(),
      consoleLink: () => undefined,
      sshCommand: () => ({
        file: 'sh',
        arguments: [
          '-c',
          mode === 'ssh-fails'
            ? 'echo no route to host >&2; exit 255'
            : 'stty -a | grep -c -- -icanon; while read line && [ "$line" != end ]; do echo "got:$line"; done; exit 3',
        ],
      }),
    },
    onFirstFrame: () => void misbehave(),
  });
  console.log(`outcome ${JSON.stringify(outcome)}`);
} catch (error) {
  console.log(`caught ${String(error)}`);
}
