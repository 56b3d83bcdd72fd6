import { expect, test } from 'vitest';
import { detect } from '@/lib/findings/detect';
import { type Given, pictureOf } from '@/lib/findings/testing-model';

const DAY_MINUTES = 24 * 60;
const places = { '3.225.16.109': { country: 'US', asn: 14_618 }, '77.88.55.60': { country: 'RU', asn: 13_238 } };
/** A session that its holder goes on with while another client presents it from another country. */
const stolen = (given: Partial<Given> = {}, signIn: object = {}): Given => ({
  places,
  events: [
    { at: 0, session: 's', network: '3.225.16.109', agent: 'Boto3', class: 'session', ...signIn },
    { at: 10, session: 's', network: '3.225.16.109', agent: 'Boto3' },
    { at: 11, session: 's', network: '77.88.55.60', agent: 'aws-cli', class: 'change' },
    { at: 12, session: 's', network: '3.225.16.109', agent: 'Boto3' },
  ],
  ...given,
});
const suspected = (given: Given) => {
  const [one, ...more] = detect(pictureOf(given));
  expect(one?.detector).toBe('replay');
  expect(more).toEqual([]);
  return one!.evidence.suspected;
};

test.each([
  [{ attributes: { protocol: 'deviceCode' } }],
  [{ attributes: { transfer: 'deviceCodeFlow' } }],
  [{ attributes: { grant: 'urn:ietf:params:oauth:grant-type:device_code' } }],
  [{ action: 'OAUTH2_DEVICE_CODE_TO_TOKEN' }],
])('signed in by a device code: %j', (signIn) => {
  expect(suspected(stolen({}, signIn))?.vector).toBe('device_flow');
  // A sign-in that failed opened nothing.
  expect(suspected(stolen({}, { ...signIn, outcome: 'failure' }))?.vector).toBe('bearer_replay');
});
test('the sign-in may be of the session it stems from', () => {
  const given = stolen({ sessions: { s: { parentId: 'root' }, root: {} } });
  const signIn = { at: -5, session: 'root', action: 'OAUTH2_DEVICE_CODE_TO_TOKEN', class: 'session' as const };
  expect(suspected({ ...given, events: [signIn, ...given.events!] })?.vector).toBe('device_flow');
});
test('a browser’s session, one that is long open, and a token', () => {
  expect(suspected(stolen({ sessions: { s: { kind: 'browser' } } }))?.vector).toBe('cookie_hijacking');
  const old = pictureOf({}).from - 8 * DAY_MINUTES * 60_000;
  expect(suspected(stolen({ sessions: { s: { from: old } } }))).toEqual({
    vector: 'long_lived_session',
    why: 'Its session had been open for 8 days.',
  });
  expect(suspected(stolen())?.vector).toBe('bearer_replay');
});
test('what nobody else’s hand explains suspects nothing', () => {
  const asked = [0, 1, 2].map((at) => ({
    at,
    session: 's',
    action: 'deploy.approve',
    class: 'approval' as const,
    outcome: 'failure' as const,
  }));
  const [one] = detect(pictureOf({ events: asked }));
  expect(one).toMatchObject({ detector: 'failed-approvals' });
  expect(one!.evidence.suspected).toBeUndefined();
});
