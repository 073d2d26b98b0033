import assert from 'node:assert/strict';
import path from 'node:path';
import { suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { starters } from '../../../source/commands/starters.ts';
import { loadConfig } from '../../../source/config/load.ts';
import { buildPayload } from '../../../source/pipeline/payload/payload.ts';
import { resolveSecrets } from '../../../source/pipeline/payload/secrets.ts';
import { inlineScript, loadRemoteScripts } from '../../../source/pipeline/remote-script.ts';
import { buildUserData } from '../../../source/pipeline/user-data.ts';
import { Cloud } from './cloud.ts';

const templatesFolder = fileURLToPath(new URL('../../../templates', import.meta.url));

// As on a Mac: what runs there keeps to the root prefix by itself, and only what is shipped runs.
suite('templates on a node without walls', () => {
  for (const [name] of starters) {
    test(`${name} runs its services, and its checks pass`, async (context) => {
      const file = path.join(templatesFolder, 'deployments', name, 'config.yaml');
      const { config, issueAt } = await loadConfig(file, {
        environment: { HOME: '/nowhere' },
        workingDirectory: '/',
      });
      const { userData } = await buildUserData(config, templatesFolder, 'ssh-ed25519 AAAA test');
      const secrets = await resolveSecrets(
        config.secrets,
        async (secret) => ({ content: Buffer.from(`sandbox-${secret}`) }),
        issueAt,
      );
      const payload = await buildPayload(config, templatesFolder, secrets);
      const scripts = await loadRemoteScripts(templatesFolder);
      const cloud = await Cloud.open({ isolation: 'prefix' });
      context.after(() => cloud.close());
      const node = await cloud.launch(userData);
      context.after(() => node.disconnect());
      const run = async (called: string, script: string, words: readonly string[] = []) => {
        const command = inlineScript(called, script, {
          arguments: words,
          root: words.length === 0,
        });
        const outcome = await node.run(command, words.length === 0 ? undefined : payload.archive);
        assert.equal(outcome.code, 0, outcome.stdout + outcome.stderr);
      };
      await run('await', scripts.awaitCloudInit);
      const values = {
        NODE: 'us-west-2-1',
        REGION: 'us-west-2',
        INDEX: '0',
        INSTANCE_ID: node.instanceId,
        DEPLOYMENT: name,
        IDENTITY: '00000000-0000-5000-8000-000000000000',
      };
      await run('receive-payload', scripts.receivePayload, [
        payload.manifestDigest,
        ...Object.entries(values).map(([key, value]) => `SPOT_TUI_${key}=${value}`),
      ]);
      await run('trigger', scripts.triggerConfiguration);
      const commands = [
        ...payload.services.map(({ unit }) => `systemctl is-active ${unit}`),
        ...config.expectations.commands.map(({ command }) => command),
      ];
      for (const command of commands) await untilWell(() => node.run(command), command);
    });
  }
});

/** Services start without anybody waiting for them. */
const untilWell = async (
  look: () => Promise<{ code: number | null; stdout: string; stderr: string }>,
  command: string,
): Promise<void> => {
  for (let tries = 0; ; tries += 1) {
    const { code, stderr, stdout } = await look();
    if (code === 0) return;
    if (tries > 100) assert.fail(`${command} ended with ${code}: ${stdout}${stderr}`);
    await sleep(100);
  }
};
