// What lives on after its end, and what nobody watches: for, against and near misses.
import { describe, expect, test } from 'vitest';
import { detect } from '@/lib/findings/detect';
import { type Given, pictureOf } from '@/lib/findings/testing-model';
import { agentFamily } from '@/lib/sessions/agent-model';

const found = (given: Given) => detect(pictureOf(given)).map(({ detector, severity }) => `${detector} ${severity}`);
const none: string[] = [];

describe('survival', () => {
  const names = [{ issuer: 'x', type: 'user', externalId: 'svc-1' }];
  const life = (
    what: 'deleted' | 'rotated' | 'disabled' | 'revoked',
    of: 'credential' | 'identity' | 'session' = 'credential',
  ) => ({
    of,
    what,
    externalId: of === 'credential' ? 'AKIA1' : of === 'session' ? 'key-s' : 'svc-1',
    at: 10,
  });
  const use = (at: number, over: object = {}) => ({
    at,
    session: 's',
    credential: 'AKIA1',
    network: '3.9.1.1',
    ...over,
  });
  test('a deleted key still works', () => {
    expect(found({ events: [use(0), use(12)], lives: [life('deleted')] })).toEqual(['survival high']);
    expect(found({ events: [use(0), use(12, { class: 'change' })], lives: [life('disabled')] })).toEqual([
      'survival critical',
    ]);
  });
  test('a session that was ended goes on; one whose identity was disabled does', () => {
    expect(found({ events: [use(0), use(12)], lives: [life('revoked', 'session')] })).toEqual(['survival high']);
    expect(found({ names, events: [use(0), use(12)], lives: [life('disabled', 'identity')] })).toEqual([
      'survival high',
    ]);
  });
  test('rotated, and a session from before goes on', () => {
    expect(found({ events: [use(0), use(12)], lives: [life('rotated')] })).toEqual(['survival medium']);
    expect(found({ events: [use(11, { session: 't' })], lives: [life('rotated')] })).toEqual(none);
    expect(found({ events: [use(0), use(12)], lives: [{ ...life('rotated'), bySessionId: 's' }] })).toEqual(none);
  });
  test('presented again and refused: from elsewhere it is worse', () => {
    const refused = { outcome: 'failure' as const };
    expect(found({ events: [use(0), use(12, refused)], lives: [life('deleted')] })).toEqual(['dead-token low']);
    expect(
      found({ events: [use(0), use(12, { ...refused, network: '81.2.69.1' })], lives: [life('deleted')] }),
    ).toEqual(['dead-token high']);
  });
  test.each<[string, Given]>([
    ['deleted and not used again', { events: [use(0), use(9)], lives: [life('deleted')] }],
    ['under way at that moment', { events: [use(0), use(10.1)], lives: [life('deleted')] }],
    [
      'enabled again',
      { events: [use(0), use(12)], lives: [life('disabled'), { ...life('disabled'), what: 'enabled', at: 11 }] },
    ],
    ['another key of the identity', { events: [use(12, { credential: 'AKIA2' })], lives: [life('deleted')] }],
  ])('none: %s', (_, given) => expect(found(given)).toEqual(none));
});

describe('outlived', () => {
  const until = '2026-05-04T10:05:00.000Z';
  test('beyond its approval, beyond its lifetime', () => {
    expect(
      found({
        events: [
          { at: 0, session: 's', told: { consent: { until } } },
          { at: 9, session: 's' },
        ],
      }),
    ).toEqual(['outlived high']);
    expect(
      found({
        events: [
          { at: 0, session: 's', told: { expiresAt: until } },
          { at: 9, session: 's' },
        ],
      }),
    ).toEqual(['outlived medium']);
  });
  test('what renews something else, or failed to, does not switch it off', () => {
    const beyond = (over: object) =>
      found({
        events: [
          { at: 0, session: 's', told: { expiresAt: until } },
          { at: 4, session: 's', ...over },
          { at: 9, session: 's' },
        ],
      });
    expect(beyond({ action: 'dms:RefreshSchemas', class: 'change' })).toEqual(['outlived medium']);
    expect(beyond({ action: 'route53domains:RenewDomain', class: 'change' })).toEqual(['outlived medium']);
    expect(beyond({ action: 'cloudwatch:GetExtendedStats' })).toEqual(['outlived medium']);
    expect(beyond({ action: 'REFRESH_TOKEN', class: 'session', outcome: 'failure' })).toEqual(['outlived medium']);
    expect(beyond({ action: 'update auth/token/renew-self', outcome: 'failure' })).toEqual(['outlived medium']);
    expect(beyond({ action: 'REFRESH_TOKEN', class: 'session' })).toEqual(none);
    expect(beyond({ told: { expiresAt: '2026-05-04T10:30:00.000Z' } })).toEqual(none);
  });
  test('renewed, refused, or within a minute', () => {
    expect(
      found({
        events: [
          { at: 0, session: 's', told: { expiresAt: until } },
          { at: 4, session: 's', action: 'auth/token/renew-self' },
          { at: 9, session: 's' },
        ],
      }),
    ).toEqual(none);
    expect(
      found({
        events: [
          { at: 0, session: 's', told: { expiresAt: until } },
          { at: 9, session: 's', outcome: 'failure' },
        ],
      }),
    ).toEqual(none);
    expect(
      found({
        events: [
          { at: 0, session: 's', told: { expiresAt: until } },
          { at: 5.5, session: 's' },
        ],
      }),
    ).toEqual(none);
  });
});

describe('regrowth', () => {
  const names = [{ issuer: 'x', type: 'user', externalId: 'svc-1' }];
  const ended = { of: 'identity' as const, what: 'disabled' as const, externalId: 'svc-1', at: 0 };
  test('a new session, or a new key, after its end', () => {
    expect(found({ names, events: [{ at: 9, session: 'n' }], lives: [ended] })).toEqual(['regrowth critical']);
    expect(found({ names, lives: [ended, { of: 'credential', what: 'created', externalId: 'k2', at: 5 }] })).toEqual([
      'regrowth critical',
    ]);
  });
  test('enabled first; or a key replaced by another', () => {
    expect(
      found({ names, events: [{ at: 9, session: 'n' }], lives: [ended, { ...ended, what: 'enabled', at: 5 }] }),
    ).toEqual(none);
    expect(
      found({
        lives: [
          { of: 'credential', what: 'deleted', externalId: 'k1', at: 0 },
          { of: 'credential', what: 'created', externalId: 'k2', at: 5 },
        ],
      }),
    ).toEqual(none);
  });
});

describe('dark and human', () => {
  test('a session nobody tells of', () => {
    expect(found({ sessions: { s: { dark: true }, t: {} } })).toEqual(['dark-session medium']);
    expect(found({ sessions: { s: { dark: true, ended: true } } })).toEqual(none);
  });
  test('a person at a machine’s identity', () => {
    const names = [{ issuer: 'k8s', type: 'user', externalId: 'system:serviceaccount:prod:api' }];
    const by = (agent: string, over: object = {}): Given => ({
      names,
      events: [{ at: 0, session: 's', agent, ...over }],
    });
    const secrets = { at: 1, session: 's', agent: 'kubectl kubernetes', action: 'get', resource: 'prod/secrets' };
    expect(found({ names, events: [...by('api kubernetes').events!, secrets] })).toEqual(['human-use medium']);
    expect(found({ names, events: [secrets] })).toEqual(none);
    expect(found({ names, events: [...by('api kubernetes').events!, { ...secrets, resource: 'prod/pods' }] })).toEqual(
      none,
    );
    expect(found({ ...by('kubectl kubernetes'), envelope: { agents: { api: 900 } } })).toEqual(['human-use medium']);
    expect(found(by('Chrome'))).toEqual(['human-use medium']);
    expect(found(by('kube-controller-manager kubernetes'))).toEqual(none);
    expect(found({ ...by('Chrome'), kind: 'human' })).toEqual(none);
  });
  test('a pipeline’s command line is no person; hands in a pod are', () => {
    const names = [{ issuer: 'k8s', type: 'user', externalId: 'system:serviceaccount:ci:deploy' }];
    const helm = { at: 0, session: 's', agent: 'Helm', action: 'list', resource: 'prod/secrets' };
    const patch = { at: 1, session: 's', agent: 'kubectl', action: 'patch', class: 'change' as const };
    expect(found({ names, events: [helm, { ...patch, resource: 'prod/deployments' }] })).toEqual(none);
    expect(found({ names, events: [helm, { ...patch, action: 'create pods/exec' }] })).toEqual(['human-use medium']);
    const other = { ...helm, agent: 'orders-api' };
    expect(found({ names, events: [other, { ...patch, resource: 'prod/deployments' }] })).toEqual(['human-use medium']);
    const headless =
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/126.0.0.0 Safari/537.36';
    expect(found({ names, events: [{ at: 0, session: 's', agent: agentFamily(headless) }] })).toEqual(none);
  });
  test('a vendor’s own agent that passes on a person’s browser is none', () => {
    const names = [{ issuer: 'google', type: 'x', externalId: 'service-42@gcp-sa-pubsub.iam.gserviceaccount.com' }];
    expect(found({ names, events: [{ at: 0, session: 's', agent: 'Chrome' }] })).toEqual(none);
    const own = [{ issuer: 'google', type: 'x', externalId: 'pay@acme.iam.gserviceaccount.com' }];
    expect(found({ names: own, events: [{ at: 0, session: 's', agent: 'Chrome' }] })).toEqual(['human-use medium']);
  });
  test('a name that may be a person’s: only against what it does', () => {
    const events = [{ at: 0, session: 's', agent: 'Chrome' }];
    expect(found({ events })).toEqual(none);
    expect(found({ events, envelope: { agents: { terraform: 900 } } })).toEqual(['human-use medium']);
    expect(found({ events, envelope: { agents: { terraform: 900, Firefox: 1 } } })).toEqual(none);
  });
});
