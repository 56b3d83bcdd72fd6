import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { normalise } from '@/lib/connectors/github/normalise';
import { hashToken } from '@/lib/sessions/token-model';

const records = fs
  .readFileSync(path.join(import.meta.dirname, 'fixtures/audit.ndjson'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Record<string, unknown>);
const eventOf = (record: unknown) => {
  const read = normalise(record);
  if (read.kind !== 'event') throw new Error(JSON.stringify(read));
  return read.event;
};
const event = (index: number) => eventOf(records[index]);
const named = (action: string) => eventOf(records.find((each) => each.action === action));

test('who: people, tokens, keys and apps of their own, workflows, agents; nobody is no fact', () => {
  const who = (index: number) => {
    const { externalId, name, kind } = event(index).identity;
    return [externalId, name, kind];
  };
  expect(who(0)).toEqual(['user:11111', 'mia-berg', 'human']);
  const hash = hashToken('example token one');
  expect(who(1)).toEqual([`token:${hash}`, `mia-berg · token ${hash.slice(7, 17)}`, 'api_key']);
  expect(who(5)).toEqual(['app:777', 'release-helper[bot]', 'oauth_app']);
  expect(who(7)[1]).toBe('acme/infra · deploy key');
  expect(who(8)).toEqual(['oauth_app:31337', 'Notes AI', 'oauth_app']);
  expect(who(9)).toEqual(['workflow:acme/shop:5295458', 'acme/shop · deploy', 'ci_pipeline']);
  expect(who(11)[2]).toBe('ai_agent');
  expect(who(21)).toEqual(['user:deploy-bot', 'deploy-bot', 'service_account']);
  expect(normalise(records[22])).toEqual({ kind: 'skipped' });
});

describe('session', () => {
  test('a token by its hash, as any other source that holds the token would write it', () => {
    expect(event(1)).toMatchObject({
      session: { key: `token ${hashToken('example token one')}`, observedBy: 'derived', kind: 'api' },
      credential: { externalId: 'token:555555', kind: 'personal_access_token' },
      parent: { how: 'delegation', credential: 'user:11111' },
      network: null,
      region: 'AT',
    });
    expect(event(2).session?.key).toBe(event(1).session?.key);
    const { externalId } = event(1).identity;
    expect(event(4)).toMatchObject({ identity: { externalId }, session: { key: event(1).session?.key } });
  });

  test('a workflow run from its start to its end, native', () => {
    const key = 'run 787035990 1';
    expect(event(9)).toMatchObject({
      session: { key, phase: 'open', observedBy: 'native', kind: 'job' },
      run: 'github run 787035990',
      parent: { how: 'delegation', credential: 'user:11111' },
    });
    expect(event(10).session).toMatchObject({ key, phase: 'close' });
  });

  test('an app mints tokens all the time: by address and agent; a person in the browser the same way', () => {
    expect(event(5).session).toMatchObject({
      key: 'app:777 app 198.51.100.60 octokit-core.js Node.js',
      observedBy: 'inferred',
    });
    expect(event(6).session?.key).toBe(event(5).session?.key);
    expect(event(0).session).toMatchObject({
      key: 'user:11111 203.0.113.24 Firefox',
      kind: 'browser',
      observedBy: 'inferred',
    });
    expect(event(20).session?.key).toBe('user:mia-berg AT');
  });
});

describe('what else it tells', () => {
  test('scope, outcome, class, action', () => {
    expect(event(1)).toMatchObject({ scope: 'repo read:org', class: 'read', outcome: 'success' });
    expect(event(2)).toMatchObject({ class: 'change', resource: 'acme/shop' });
    expect(event(2).action).toBe('api.request PUT /repos/{owner}/{repo}/actions/secrets/{secret_name}');
    expect(event(3)).toMatchObject({ class: 'change', outcome: 'failure', attributes: { code: 403 } });
    expect([event(4).class, named('pull_request_review.submit').class, event(9).class]).toEqual([
      'read',
      'approval',
      'session',
    ]);
  });

  test('the life of tokens, apps and people', () => {
    expect(named('personal_access_token.access_revoked').life).toEqual({
      of: 'credential',
      what: 'revoked',
      externalId: 'token:555555',
    });
    expect(named('oauth_access.destroy').life).toMatchObject({ what: 'deleted', externalId: 'token:990' });
    expect(named('integration_installation.suspend').life).toMatchObject({ of: 'identity', what: 'disabled' });
    expect(named('org.update_member').life).toMatchObject({ what: 'privileged', externalId: 'user:222' });
    expect(eventOf({ ...records[17], permission: 'read' }).life).toBeUndefined();
    expect(named('org.remove_member').life).toMatchObject({ what: 'disabled', externalId: 'user:333' });
  });

  test('access that was given, how far and until when', () => {
    expect(named('org.oauth_app_access_approved').consent).toMatchObject({
      by: 'mia-berg',
      scope: 'repo read:user',
      id: 'Notes AI',
    });
    expect(named('personal_access_token.access_granted')).toMatchObject({
      consent: { until: '2026-06-01T00:00:00.000Z' },
      life: { what: 'created', externalId: 'token:555557' },
    });
  });
});

test('an export without ids gives every event one of its own, the same each time', () => {
  expect(event(20).eventId).toMatch(/^made [0-9a-f]{32}$/);
  expect(event(20).eventId).not.toBe(event(21).eventId);
  expect(event(20).at).toBe('2026-03-02T08:06:40.000Z');
});

test('anything else is refused with a reason', () => {
  for (const other of [
    null,
    {},
    { action: 'opened', created_at: 1 },
    { ...records[0], '@timestamp': 'x', created_at: 'x' },
  ]) {
    expect(normalise(other)).toMatchObject({ kind: 'rejected', reason: expect.stringMatching(/\w/) });
  }
});
