import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { CA_FIELD, NETWORK_FIELD, saysYes } from '@/lib/connectors/form-model';
import { modules } from '@/lib/connectors/registry';
import { projectRoot } from '@/lib/platform/env';

const manifests = modules().map(({ manifest }) => manifest);

test('what forms ask alike is asked in the same words everywhere', () => {
  for (const { vendor, form } of manifests) {
    const field = (name: string) => form.find((one) => one.name === name);
    if (field('ownNetwork')) expect(field('ownNetwork'), vendor).toEqual(NETWORK_FIELD);
    if (field('ca')) expect(field('ca'), vendor).toMatchObject({ label: CA_FIELD.label, multiline: true });
    if (field('pollMs')) expect(field('pollMs')!.label, vendor).toMatch(/ every \(ms\)$/);
  }
  expect(['yes', 'true', true, 'no', 'false', undefined].map(saysYes)).toEqual([true, true, true, false, false, false]);
});

test('what has several lines is asked for in a field that keeps them', () => {
  const lines = /PEM|\.pem|JSON|one a line|on a line/i;
  for (const { vendor, form } of manifests)
    for (const { name, label, help = '', options, multiline } of form)
      if (!options && lines.test(`${label} ${help}`) && !/For a PEM/.test(help))
        expect([vendor, name, multiline]).toEqual([vendor, name, true]);
});

test('every vendor says in one line of its own what it ends and how that is proven, and has a guide', () => {
  expect(new Set(manifests.map((one) => one.summary)).size).toBe(manifests.length);
  for (const { vendor, summary } of manifests) {
    expect(summary.length, vendor).toBeLessThanOrEqual(140);
    expect(fs.existsSync(path.join(projectRoot(), 'docs/connectors', `${vendor}.md`)), vendor).toBe(true);
  }
});
