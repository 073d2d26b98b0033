import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { parse } from 'yaml';
import { checkTemplates } from '../../source/pipeline/payload/check-templates.ts';
import { PayloadError } from '../../source/pipeline/payload/payload-error.ts';
import { StandInNode } from './stand-in-node.ts';

const values = {
  'node.name': 'us-west-2-1',
  region: 'us-west-2',
  index: '1',
  'instance.id': 'i-0001',
  deployment: 'demo',
  identity: '5c146b14-3c52-8afd-938a-375d0df1fbf6',
};

const nodeEnvironment = [
  'SPOT_TUI_NODE=us-west-2-1',
  'SPOT_TUI_REGION=us-west-2',
  'SPOT_TUI_INDEX=1',
  'SPOT_TUI_INSTANCE_ID=i-0001',
  'SPOT_TUI_DEPLOYMENT=demo',
  'SPOT_TUI_IDENTITY=5c146b14-3c52-8afd-938a-375d0df1fbf6',
].map((line) => `${line}\n`);

/** What no template, shell or parser should take for anything but text. */
const hostile = [
  '',
  'plain',
  `a"b'c`,
  'back\\slash\\',
  '\\n is no newline',
  '$(touch /tmp/x) `id` ${HOME} $1 $$',
  '&amp; <tag a="1"/> ]]> & \\& &',
  '100% %s %n',
  'line one\nline two\n\nline four',
  '\n',
  'a\ttab, a \r return, an escape \u001b[31m, a delete \u007f',
  '{{region}} {{secret.s0}} {{ .Names }} {{unknown}}',
  'Ünïcödé 漢字 🚀 \u0301\u2028\u00a0\ufeff',
  '# : - [ ] { } , ! | > @ ~ null 0x1f',
  '=a=b=',
  `-----BEGIN PRIVATE KEY-----\n${'Zm9vYmFy/+=='.repeat(50)}\n-----END PRIVATE KEY-----`,
];

/** Whether a template with this text would be sent to nodes. */
const isTaken = (content: string): boolean => {
  const template = { folder: 'config', name: 'a.template', mode: 0o644 } as const;
  try {
    checkTemplates([{ ...template, content: Buffer.from(content) }], ['token']);
    return true;
  } catch (error) {
    assert.ok(error instanceof PayloadError, String(error));
    return false;
  }
};

const awks = ['mawk', 'gawk', 'original-awk', 'busybox awk'];

const has = async (program: string): Promise<boolean> =>
  await promisify(execFile)('sh', ['-c', 'command -v "$1"', 'sh', program]).then(
    () => true,
    () => false,
  );

for (const awk of awks) {
  const skip = (await has(awk.split(' ')[0] ?? '')) ? false : `${awk} is not installed here`;

  describe(`a template, filled in with ${awk},`, { skip }, () => {
    let node: StandInNode;
    before(async () => {
      node = await StandInNode.make();
      await node.program('awk', `exec ${awk} "$@"`);
      await node.write('payload/node.env', nodeEnvironment.join(''));
      await node.write('payload/files/secrets/token', 'hush\n', 0o600);
    });
    after(async () => {
      await node.remove();
    });

    const render = async (name: string, template: string, mode = 0o644) => {
      await node.write(`payload/${name}.template`, template, mode);
      const payload = path.join(node.root, 'payload');
      return await node.run('render-template.sh', {
        args: [`${payload}/${name}.template`, `${payload}/${name}`, payload],
      });
    };
    const rendered = async (name: string, template: string) => {
      const { status, stdout, stderr } = await render(name, template);
      assert.deepEqual([status, stdout, stderr], [0, '', '']);
      return await node.read(`payload/${name}`);
    };

    /** Writes secrets s0, s1, … and what a template makes of them. */
    const withSecrets = async (
      name: string,
      secrets: readonly string[],
      template: (placeholders: readonly string[]) => string,
    ) => {
      await Promise.all(
        secrets.map((value, index) =>
          node.write(`payload/files/secrets/s${index}`, `${value}\n`, 0o600),
        ),
      );
      return await rendered(name, template(secrets.map((_, index) => `{{secret.s${index}}}`)));
    };
    const readers = {
      'app.yaml': async (secrets: readonly string[]) =>
        parse(
          await withSecrets('app.yaml', secrets, (placeholders) =>
            placeholders.map((each) => `- "${each}"\n`).join(''),
          ),
        ),
      'app.json': async (secrets: readonly string[]) =>
        JSON.parse(
          await withSecrets(
            'app.json',
            secrets,
            (placeholders) => `[${placeholders.map((each) => `"${each}"`).join(', ')}]`,
          ),
        ),
      'app.sh': async (secrets: readonly string[]) => {
        await withSecrets('app.sh', secrets, (placeholders) =>
          placeholders.map((each) => `printf '%s\\0' "${each}"\n`).join(''),
        );
        const { stdout, status } = await node.execute('../bin/sh-on', ['payload/app.sh']);
        assert.equal(status, 0);
        return stdout.split('\0').slice(0, -1);
      },
      'app.env': async (secrets: readonly string[]) => {
        await withSecrets('app.env', secrets, (placeholders) =>
          placeholders.map((each, index) => `V${index}="${each}"\n`).join(''),
        );
        await node.write(
          'payload/print',
          `. "${node.root}/payload/app.env"\n${secrets.map((_, index) => `printf '%s\\0' "$V${index}"`).join('\n')}\n`,
        );
        const { stdout } = await node.execute('../bin/sh-on', ['payload/print']);
        return stdout.split('\0').slice(0, -1);
      },
    };
    before(async () => {
      await node.program('sh-on', `exec sh "${node.root}/$1"`);
    });

    for (const [name, read] of Object.entries(readers)) {
      it(`says in ${name} what the value is, whatever that is`, async () => {
        assert.deepEqual(await read(hostile), hostile);
        const secret = fc
          .string({ unit: 'binary', maxLength: 40 })
          .filter((text) => !text.includes('\0'));
        await fc.assert(
          fc.asyncProperty(fc.array(secret, { minLength: 20, maxLength: 40 }), async (secrets) => {
            assert.deepEqual(await read(secrets), secrets);
          }),
          { numRuns: 4 },
        );
      });
    }

    it('has no control character in YAML, JSON or TOML, which not all readers take', async () => {
      const controls = Array.from({ length: 31 }, (_, index) => String.fromCharCode(index + 1));
      const text = await withSecrets(
        'app.toml',
        [[...controls, '\u007f'].join('')],
        ([each]) => `a = "${each}"`,
      );
      assert.match(text, /^a = "(\\u[0-9a-f]{4}){32}"\n$/);
    });

    it('says in XML what the value is, in text and in attributes', async () => {
      const secrets = hostile.filter((text) => !/[\u001b\u007f]/.test(text));
      const xml = await withSecrets(
        'app.xml',
        secrets,
        (placeholders) =>
          `<all>${placeholders.map((each) => `<one a="${each}">${each}</one>`).join('')}</all>`,
      );
      const attributes: string[] = [];
      const texts: string[] = [];
      const parser = new SaxesParser();
      parser.on('opentag', ({ name, attributes: found }) => {
        if (name !== 'one') return;
        attributes.push(String(found.a));
        texts.push('');
      });
      parser.on('text', (text) => texts.push(`${texts.pop() ?? ''}${text}`));
      parser.write(xml.trimEnd()).close();
      assert.deepEqual(attributes, secrets);
      assert.deepEqual(texts, secrets);
    });

    it('has all values of the node', async () => {
      const text = await rendered(
        'all.yaml',
        Object.keys(values)
          .map((name) => `${name}: "{{${name}}}"\nraw ${name}: {{${name}|raw}}\n`)
          .join(''),
      );
      assert.deepEqual(
        parse(text, { schema: 'failsafe' }),
        Object.fromEntries(
          Object.entries(values).flatMap(([name, value]) => [
            [name, value],
            [`raw ${name}`, value],
          ]),
        ),
      );
    });

    it('has a value verbatim where it is asked for that', async () => {
      const [first = '', ...more] = hostile;
      const secrets = [first, ...more];
      const text = await withSecrets('app.txt', secrets, (placeholders) =>
        placeholders.map((each) => `<${each.replace('}}', '|raw}}')}>\n`).join(''),
      );
      assert.equal(text, secrets.map((secret) => `<${secret}>\n`).join(''));
    });

    it('takes one newline from the end of a secret, and can do without', async () => {
      await node.write('payload/files/secrets/none', 'a');
      await node.write('payload/files/secrets/two', 'a\n\n');
      await node.write('payload/files/secrets/empty', '');
      assert.equal(
        await rendered('a.txt', '{{secret.none|raw}}|{{secret.two|raw}}|{{secret.empty|raw}}|\n'),
        'a|a\n||\n',
      );
    });

    it('takes secrets as large as they may be, such as a bundle of certificates', async () => {
      const bundle = `${'0123456789abcdef'.repeat(4)}\n`.repeat(16_000);
      await node.write('payload/files/secrets/bundle', bundle, 0o600);
      const both = await rendered('large.yaml', '{{secret.bundle|raw}}\n"{{secret.bundle}}"\n');
      assert.equal(
        both,
        `${bundle}${JSON.stringify(bundle.trimEnd()).replaceAll('\\n', '\\u000a')}\n`,
      );
    });

    it('leaves alone what belongs to another language', async () => {
      const foreign = [
        'docker ps --format "{{.Names}} {{ .Names }} {{range .A}}{{if eq .B "c"}}{{.D}}{{else}}{{end}}{{end}}"',
        '{{#each rows}}{{this.Name}}{{/each}} {{> part}} {{! remark }} {{- trim -}}',
        '{{ region }} {{REGION}} {{SPOT_TUI_NODE}} {{ORCHESTRATOR_TOKEN}} {{camelCase}}',
        '${{ github.sha }} { {region} } {{region} {region}} {{}} {{{ x }}}',
      ].join('\n');
      assert.equal(await rendered('a.txt', `${foreign}\n`), `${foreign}\n`);
    });

    it('is an error where a name is unknown, and says which and where', async () => {
      for (const name of [
        'regoin',
        'node.nam',
        'node-name',
        'region|rwa',
        'secret.',
        'secret.missing',
        'secret.../../node.env',
      ]) {
        const result = await render('bad.yaml', `a: "{{region}}"\n\nb: "{{${name}}}"\n`);
        if (name.includes('/')) {
          assert.equal(result.status, 0);
          assert.ok((await node.read('payload/bad.yaml')).includes(`{{${name}}}`));
          continue;
        }
        const file = path.join(node.root, 'payload/bad.yaml.template');
        assert.equal(result.stderr, `${file}:3: there is no {{${name}}}\n`);
        assert.notEqual(result.status, 0);
      }
      assert.deepEqual(
        (await node.list('payload')).filter((name) => /\.(new|values)$/.test(name)),
        [],
      );
    });

    it('is taken by the node where it was taken on the machine that it comes from', async () => {
      const piece = fc.constantFrom(
        ...['region', 'node.name', 'secret.', 'token', 'end', 'else', '|raw', '|', '.', '-', '_'],
        ...[' ', 'x', 'A', '1', '"', '{', '}', '{{', '}}', '{{region}}', '{{secret.token|raw}}'],
      );
      const text = fc.array(piece, { minLength: 1, maxLength: 4 }).map((all) => all.join(''));
      const line = fc.oneof(
        text,
        text.map((inner) => `{{${inner}}}`),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(line, { minLength: 60, maxLength: 60 }), async (lines) => {
          const refused = lines.filter((each) => !isTaken(each));
          const taken = lines.filter(isTaken);
          await rendered('taken.txt', `${taken.join('\n')}\n`);
          for (const each of refused.slice(0, 10)) {
            const { status } = await render('refused.txt', `${each}\n`);
            assert.notEqual(status, 0, each);
          }
        }),
        { numRuns: 3 },
      );
    });

    it('keeps its mode, and is closed to others once it holds a secret', async () => {
      for (const [template, mode, expected] of [
        ['{{region}}', 0o644, 0o644],
        ['{{region}}', 0o755, 0o755],
        ['{{region}}', 0o444, 0o644],
        ['{{secret.token}}', 0o644, 0o600],
        ['{{secret.token|raw}}', 0o775, 0o700],
      ] as const) {
        assert.equal((await render('mode.sh', `${template}\n`, mode)).status, 0);
        assert.equal(await node.mode('payload/mode.sh'), expected, `${template} ${mode}`);
      }
    });

    it('shows no secret to who lists processes', async () => {
      await node.program(
        'awk',
        `for word; do printf '%s\\n' "$word"; done >>"${node.root}/arguments"; exec ${awk} "$@"`,
      );
      await rendered('app.yaml', 'a: "{{secret.token}}"\n');
      await node.program('awk', `exec ${awk} "$@"`);
      const seen = await node.read('arguments');
      assert.ok(seen.includes('payload'));
      assert.ok(!seen.includes('hush'));
    });
  });
}
