import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { parseSimpleCommand } from '../../../../source/sandbox/node/isolation/simple-command.ts';
import { parseComposeFiles } from '../../../../source/sandbox/node/stand-ins/docker/compose-file.ts';
import {
  DockerError,
  normalReference,
} from '../../../../source/sandbox/node/stand-ins/docker/engine.ts';
import { fillTemplate } from '../../../../source/sandbox/node/stand-ins/docker/go-template.ts';
import { parseOptions } from '../../../../source/sandbox/node/stand-ins/options.ts';

suite('what stand-ins read', () => {
  test('options are told from operands as getopt does', () => {
    const table = {
      all: { short: 'a' },
      lines: { short: 'n', value: 'optional' },
      unit: { short: 'u', value: 'required' },
    } as const;
    const given = parseOptions(['-au', 'x', 'one', '--unit=y', '-n5', '--', '-z'], table);
    assert.deepEqual(
      [given.all('unit'), given.last('lines'), given.operands],
      [['x', 'y'], '5', ['one', '-z']],
    );
    assert.equal(given.has('all'), true);
    assert.equal(parseOptions(['--un', 'z'], table).last('unit'), 'z');
    assert.equal(parseOptions(['--what'], table).problem, "unrecognized option '--what'");
    assert.equal(parseOptions(['-u'], table).problem, "option requires an argument -- 'u'");
    assert.deepEqual(parseOptions(['run', '-a'], table, true).operands, ['run', '-a']);
  });

  test('templates are filled as Go does', () => {
    const value = {
      Name: 'a',
      State: { Running: true, Code: 0 },
      Tags: ['x', 'y'],
      Labels: { k: 'v' },
    };
    for (const [template, filled] of [
      ['{{.Name}}\t{{ .State.Running }}', 'a\ttrue'],
      ['{{json .State}}', '{"Running":true,"Code":0}'],
      ['{{if .State.Running}}up{{else}}down{{end}}', 'up'],
      ['{{range .Tags}}<{{.}}>{{end}}', '<x><y>'],
      ['{{index .Labels "k"}} {{index .Tags 1}} {{len .Tags}}', 'v y 2'],
      ['{{join .Tags ","}} {{.Name | upper}}', 'x,y A'],
      ['{{if eq .Name "a"}}yes{{end}}{{if not .Tags}}no{{end}}', 'yes'],
    ] as const) {
      assert.equal(fillTemplate(template, value), filled);
    }
    assert.throws(() => fillTemplate('{{.Nothing}}', value), /can't evaluate field Nothing/);
    assert.throws(() => fillTemplate('{{template "x"}}', value), /not defined/);
    assert.throws(() => fillTemplate('{{if .Name}}', value), /unexpected EOF/);
  });

  test('a compose file names services with what they run', () => {
    const parse = (text: string, variables: Readonly<Record<string, string>> = {}) =>
      parseComposeFiles([{ file: 'c', text }], variables);
    const { project, services } = parse(
      `name: demo
services:
  web:
    image: $IMAGE:\${TAG-1}
    command: [serve, --port, 80]
    labels: [a=b]
    restart: always
  job: { build: ., profiles: [later] }
`,
      { IMAGE: 'nginx' },
    );
    assert.equal(project, 'demo');
    assert.deepEqual(
      services.map(({ name, image, command, restart, labels, profiles }) => [
        ...[name, image, command, restart],
        ...[labels, profiles],
      ]),
      [
        ['web', 'nginx:1', 'serve --port 80', 'always', { a: 'b' }, []],
        ['job', 'job:built', '', 'no', {}, ['later']],
      ],
    );
    assert.throws(() => parse('services: { x: {} }'), /neither an image nor a build/);
    assert.throws(() => parse('services: []'), /validating c: services/);
    assert.throws(() => parse(''), /empty compose file/);
  });

  test('images have one name, however they are written', () => {
    assert.equal(normalReference('docker.io/library/nginx'), 'nginx:latest');
    assert.equal(normalReference('ghcr.io/a/b:1.0'), 'ghcr.io/a/b:1.0');
    assert.equal(normalReference('localhost:5000/x'), 'localhost:5000/x:latest');
    for (const wrong of ['', 'A', 'a b', 'x:', '-x']) {
      assert.throws(() => normalReference(wrong), DockerError);
    }
  });

  test('only a program with its arguments is a simple command', () => {
    const words = (text: string) => parseSimpleCommand(text)?.words;
    assert.deepEqual(words(`sudo -n -u root -- sh -c 'a $b;c' "d \\" e" f\\ g`), [
      'sh',
      '-c',
      'a $b;c',
      'd " e',
      'f g',
    ]);
    assert.deepEqual(parseSimpleCommand('cat /x 2> /dev/null'), {
      words: ['cat', '/x'],
      discardsErrors: true,
    });
    for (const text of [
      'a; b',
      'a && b',
      'a | b',
      'a > b',
      '$(a)',
      '`a`',
      'a $b',
      '"$b"',
      'a*',
      '~',
      'a\nb',
      "'open",
    ]) {
      assert.equal(words(text), undefined, text);
    }
  });
});
