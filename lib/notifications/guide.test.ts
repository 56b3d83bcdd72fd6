// What docs/notifications.md shows is what is sent, and its code verifies it.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { NoticeFact } from '@/lib/notifications/model';
import { framed, syslogOf } from '@/lib/notifications/syslog/format';
import { unframed } from '@/lib/notifications/testing-receivers';
import { payloadOf, signed } from '@/lib/notifications/webhook/format';
import { projectRoot } from '@/lib/platform/env';

const guide = fs.readFileSync(path.join(projectRoot(), 'docs', 'notifications.md'), 'utf8');
const blockOf = (language: string): string => new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(guide)![1]!;
const BASE = 'https://braid.example.com';
const SECRET = `whsec_${Buffer.from('a key of more than 24 bytes, or so').toString('base64')}`;
const idOf = (n: number) => `0190a8f0-0000-7000-8000-00000000000${n}`;
const notice: NoticeFact = {
  id: idOf(2),
  at: '2026-11-22T10:42:17.000Z',
  event: 'finding.raised',
  target: { type: 'finding', id: idOf(3) },
  identityId: idOf(4),
  severity: 'medium',
  detector: 'limit-crossed',
  body: {
    title: 'paid_24h: limit held only by shared state',
    summary:
      'svc-payments: 1 request on account 4711 refused at 9 400.00 EUR of 10 000.00 EUR; each session alone would have been allowed.',
    alone: 'allowed',
    together: 'refused',
    reasons: ['1 request from 1 session that a per-session control would have allowed.'],
    path: `/findings/${idOf(3)}`,
    end: {
      path: `/identities/${idOf(4)}`,
      how: 'pause or revoke the identity, or end single sessions; Braid proves that it ended.',
    },
    occurrences: 1,
    firstSeenAt: '2026-11-22T10:42:17.000Z',
    lastSeenAt: '2026-11-22T10:42:17.000Z',
    identity: {
      id: idOf(4),
      name: 'svc-payments',
      kind: 'service_account',
      state: 'active',
      owner: 'payments@example.com',
      environment: 'production',
      workflows: ['payroll'],
    },
  },
};

test('the payload is as the guide shows it', () => {
  expect(payloadOf([notice], BASE, '2026-11-22T10:42:18.000Z')).toEqual(JSON.parse(blockOf('json')));
});

test('the guide’s code takes what is genuine, once, and nothing else', async () => {
  const source = `data:text/javascript,${encodeURIComponent(blockOf('js'))}`;
  const { verify } = (await import(/* @vite-ignore */ source)) as {
    verify: (headers: object, body: string, secret: string, seen: Set<string>, now?: number) => string;
  };
  const now = Date.parse('2026-11-22T10:43:00.000Z');
  const body = JSON.stringify(payloadOf([notice], BASE, notice.at));
  const headers = signed(idOf(1), now, body, SECRET);
  const seen = new Set<string>();
  expect(verify(headers, body.replace('9 400', '1 400'), SECRET, seen, now)).toBe('signed by somebody else');
  expect(verify(headers, body, `whsec_${Buffer.alloc(32).toString('base64')}`, seen, now)).toBe(
    'signed by somebody else',
  );
  expect(verify({ ...headers, 'webhook-id': idOf(9) }, body, SECRET, seen, now)).toBe('signed by somebody else');
  expect(verify(headers, body, SECRET, seen, now + 301_000)).toBe('too old, or replayed');
  expect(verify({}, body, SECRET, seen, now)).toBe('not signed');
  expect(verify(headers, body, SECRET, seen, now)).toBe('genuine');
  expect(verify(headers, body, SECRET, seen, now + 60_000)).toBe('had already');
});

test('the syslog line begins as the guide shows it, and its frame counts bytes', () => {
  const line = syslogOf(notice, BASE, 'braid.example.com');
  const shown = guide.split('\n').find((text) => text.startsWith('<108>1 '))!;
  expect(line.slice(0, line.indexOf('{'))).toBe(shown.slice(0, shown.indexOf('{')));
  expect(unframed(Buffer.from(framed(line) + framed('größe')))).toEqual([line, 'größe']);
});
