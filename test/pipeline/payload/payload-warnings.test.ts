import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PayloadFile } from '../../../source/pipeline/payload/payload-file.ts';
import { payloadWarnings } from '../../../source/pipeline/payload/payload-warnings.ts';
import { servicesOf } from '../../../source/pipeline/payload/services.ts';

const unit = (name: string, content: string): PayloadFile => ({
  folder: 'units',
  name,
  content: Buffer.from(content),
  mode: 0o644,
});

const script = (name: string, mode = 0o755): PayloadFile => ({
  folder: 'scripts',
  name,
  content: Buffer.from('#!/bin/sh\n'),
  mode,
});

const warnings = (...files: PayloadFile[]) => payloadWarnings(files, servicesOf(files));

const install = '[Install]\nWantedBy=multi-user.target\n';

test('a workload without mistakes has no warnings', () => {
  assert.deepEqual(
    warnings(
      unit('a.service', `[Service]\nExecStart=/opt/uploaded_files/scripts/a.sh -x\n${install}`),
      unit('b.timer', `[Timer]\n${install}`),
      unit('b.service', '[Service]\nExecStart=-/usr/bin/true\n'),
      unit('c.service', `[Unit]\nRequires=d.service\n[Service]\nExecStart=/bin/true\n${install}`),
      unit('d.service', '[Service]\nExecStart=/bin/true\n'),
      script('a.sh'),
    ),
    [],
  );
});

test('a program that is not uploaded, or can not be run, is named with its unit', () => {
  assert.deepEqual(
    warnings(
      unit('a.service', `[Service]\nExecStartPre=-/opt/uploaded_files/scripts/no.sh\n${install}`),
      unit('b.service', `[Service]\nExecStart=/opt/uploaded_files/scripts/b.sh\n${install}`),
      script('b.sh', 0o644),
    ),
    [
      'unit a.service runs /opt/uploaded_files/scripts/no.sh, which is not among the files to upload',
      'unit b.service runs /opt/uploaded_files/scripts/b.sh, which is not executable: chmod +x it',
    ],
  );
});

test('a service that nothing will start is named', () => {
  assert.deepEqual(warnings(unit('a.service', '[Service]\nExecStart=/bin/true\n')), [
    'unit a.service has no [Install] section and nothing mentions it: it will not be started',
  ]);
});
