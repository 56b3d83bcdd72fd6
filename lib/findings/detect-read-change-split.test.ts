import { describe, expect, test } from 'vitest';
import { classOfAction, detectReadChangeSplit } from '@/lib/findings/detect-read-change-split';
import type { SessionFact } from '@/lib/findings/model';
import type { Place } from '@/lib/findings/picture-model';

const at = (minute: number) => `2026-05-04T10:${String(minute).padStart(2, '0')}:00.000Z`;

const session = (id: string, over: Partial<SessionFact> = {}): SessionFact => ({
  id,
  identityId: 'i1',
  identityName: 'deploy-bot',
  identityKind: 'service_account',
  label: id,
  key: 'K1',
  region: null,
  network: null,
  agent: null,
  tags: [],
  from: at(0),
  until: at(30),
  reads: 0,
  changes: 0,
  ...over,
});

describe('read/change split', () => {
  const reader = session('r', { region: 'eu-west-1', reads: 30 });
  const changer = session('w', { region: 'us-east-1', changes: 2, from: at(10) });
  const PLACES: Record<string, Place> = {
    '203.0.113.9': { country: 'DE', asn: 1, org: 'one' },
    '198.51.100.7': { country: 'DE', asn: 2, org: 'two' },
    '198.51.100.8': { country: 'DE', asn: 1, org: 'one' },
  };
  const locate = (address: string): Place | null => PLACES[address] ?? null;
  const split = (...sessions: SessionFact[]) => detectReadChangeSplit(sessions, locate);
  test('reads in one region, changes in another, at once', () =>
    expect(split(reader, changer)[0]).toMatchObject({
      severity: 'high',
      cause: 'key:K1',
      evidence: { sessions: ['r', 'w'] },
      firstSeenAt: at(10),
    }));
  test('networks of two operators serve where no region is known; two of one, or of none that is known, do not', () => {
    const from = (a: string, b: string) =>
      split({ ...reader, region: null, network: a }, { ...changer, region: null, network: b });
    expect(from('203.0.113.9', '198.51.100.7')).toHaveLength(1);
    expect(from('203.0.113.9', '198.51.100.8')).toEqual([]);
    expect(from('203.0.113.9', '192.0.2.1')).toEqual([]);
  });
  test('one client at both places is one workload; another is not', () => {
    const by = (a: string, b: string) => split({ ...reader, agent: a }, { ...changer, agent: b });
    expect(by('Boto3', 'Boto3')).toEqual([]);
    expect(by('Boto3', 'aws-cli')).toHaveLength(1);
  });
  test('near misses: one after the other; the reader changes too; one place; another key; another identity', () => {
    expect(split({ ...reader, until: at(9) }, changer)).toEqual([]);
    expect(split({ ...reader, changes: 1 }, changer)).toEqual([]);
    expect(split(reader, { ...changer, region: 'eu-west-1' })).toEqual([]);
    expect(split(reader, { ...changer, key: 'K2' })).toEqual([]);
    expect(split(reader, { ...changer, identityId: 'i2' })).toEqual([]);
  });
  test('near misses: so few reads, or so rare a change, that it is chance', () => {
    expect(split({ ...reader, reads: 4 }, { ...changer, changes: 1 })).toEqual([]);
    expect(split({ ...reader, reads: 9 }, { ...changer, reads: 400, changes: 4 })).toEqual([]);
  });
  test('against: a place of a pool that has just begun', () => {
    const pool = [
      session('a', { region: 'a', reads: 40, changes: 12 }),
      session('b', { region: 'b', reads: 30, changes: 10 }),
      session('c', { region: 'c', reads: 2 }),
    ];
    expect(split(...pool)).toEqual([]);
    expect(split(pool[0]!, pool[1]!, { ...pool[2]!, reads: 60 })).toHaveLength(1);
  });
  test('against: a pool on eight private addresses, some of whose sessions only read', () => {
    const pool = Array.from({ length: 56 }, (_, n) =>
      session(`p${n}`, { network: `10.0.${n % 8}.1`, reads: 3, changes: n % 3 === 0 ? 1 : 0 }),
    );
    expect(split(...pool)).toEqual([]);
  });
  test('against: a pool of which every region reads and changes', () => {
    const pool = Array.from({ length: 12 }, (_, n) =>
      session(`p${n}`, { region: `r${n % 3}`, reads: 3, changes: n < 3 ? 1 : 0 }),
    );
    expect(split(...pool)).toEqual([]);
  });
  test('actions are read by the verb in their name', () => {
    expect(['report.read', 'GetObject', 's3:ListBucket', 'orders.export'].map(classOfAction)).toEqual([
      'read',
      'read',
      'read',
      'read',
    ]);
    expect(['payment.create', 'PutObject', 'iam:UpdateRole'].map(classOfAction)).toEqual([
      'change',
      'change',
      'change',
    ]);
    expect(['approval.request', 'session'].map(classOfAction)).toEqual(['other', 'other']);
  });
});
