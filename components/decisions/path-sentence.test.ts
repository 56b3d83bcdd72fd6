import { describe, expect, test } from 'vitest';
import { pathHeadline } from '@/components/decisions/path-sentence';
import { partsText } from '@/lib/decisions/format';
import type { Verdict } from '@/lib/decisions/model';
import type { Path, PathStep } from '@/lib/decisions/path-model';

const clock = (iso: string): string => iso.slice(11, 19);
const say = (...args: Parameters<typeof pathHeadline>): string =>
  partsText(pathHeadline(...args), clock).replaceAll(/[\u00a0\u202f]/g, ' ');

const step = (
  time: string,
  session: string | null,
  amount: number,
  own: number,
  after: number,
  more: Partial<PathStep> = {},
): PathStep => ({
  at: `2026-11-22T${time}.204Z`,
  revision: '1',
  kind: 'settle',
  decisionId: `d${time}`,
  sessionId: session,
  identityId: 'i1',
  action: 'payment.create',
  amount: String(amount),
  after: String(after),
  own: String(own),
  verdict: 'allow',
  alone: 'allow',
  ...more,
});
const refused = (verdict: Verdict = 'deny'): Partial<PathStep> => ({ kind: 'refused', verdict });

const base: Path = {
  exposure: {
    id: 'e',
    set: 'payments',
    meter: 'paid_24h',
    scope: 'resource.id',
    key: '4711',
    keyName: null,
    kind: 'sum',
    resourceType: null,
    unit: null,
    scale: 2,
    limit: '1000000',
    windowSecs: 86_400,
    calendar: null,
    ruleId: 'account-daily-cap',
  },
  decisionId: null,
  from: '2026-11-22T10:21:00.000Z',
  to: '2026-11-22T10:42:17.204Z',
  strands: ['worker-3', 'worker-7', 'boto3'].map((label) => ({
    sessionId: label,
    identityId: 'i1',
    identityName: 'svc-payments',
    label,
    share: '1',
    ended: false,
  })),
  steps: [
    step('10:21:00', 'worker-3', 230_000, 230_000, 230_000),
    step('10:30:00', 'boto3', 280_000, 280_000, 510_000),
    step('10:41:58', 'worker-7', 430_000, 430_000, 940_000),
    step('10:42:17', 'boto3', 280_000, 280_000, 940_000, refused()),
  ],
  crossing: 3,
  truncated: false,
  nextCursor: null,
};
const variant = (exposure: Partial<Path['exposure']>, rest: Partial<Path> = {}): Path => ({
  ...base,
  ...rest,
  exposure: { ...base.exposure, ...exposure },
});

describe('a path in words', () => {
  test('payments over a limit', () => {
    expect(say(base, 'sum', 'account')).toBe(
      'Three sessions of svc-payments paid 9 400 into account 4711 in 21 minutes. None paid more than 5 000. The next 2 800 would have crossed 10 000 and was denied at 10:42:17.',
    );
  });
  test('with a unit, other verdicts and other scopes', () => {
    const steps = [...base.steps.slice(0, 3), step('10:42:17', 'boto3', 280_000, 280_000, 940_000, refused('step_up'))];
    expect(say(variant({ unit: 'EUR', scope: 'identity.id', key: 'i1' }, { steps }), 'sum')).toBe(
      'Three sessions of svc-payments paid 9 400 EUR in 21 minutes. None paid more than 5 000. The next 2 800 would have crossed 10 000 and was asked to step up at 10:42:17.',
    );
    expect(say(variant({ scope: 'workflow.id', key: 'settlement' }, { steps }), 'sum')).toContain(
      'paid 9 400 in workflow settlement in',
    );
  });
  test('an allowed decision says where it left the exposure', () => {
    expect(say({ ...base, decisionId: 'd10:41:58' }, 'sum', 'account')).toBe(
      'Two sessions of svc-payments paid 5 100 into account 4711 in 9 minutes. None paid more than 5 000. The next 4 300 was allowed at 10:41:58 and made it 9 400 of 10 000, 94 %.',
    );
  });
  test('refused by another rule, within this limit', () => {
    const path = variant({ limit: '5000000' });
    expect(say(path, 'sum')).toContain(
      'The next 2 800 would have stayed within 50 000, but was denied at 10:42:17 by another rule.',
    );
  });
  test('one strand, nothing before, no limit', () => {
    const one = { ...base, steps: [base.steps[0]!], crossing: null };
    expect(say(one, 'sum', 'account')).toBe(
      'One session of svc-payments paid 2 300 into account 4711. It stands at 2 300 of 10 000, 23 %.',
    );
    expect(say(variant({ limit: null }, { steps: one.steps, crossing: null }), 'sum', 'account')).toMatch(
      /No limit stands on it\.$/,
    );
    const none = { ...base, steps: [step('10:42:17', 'boto3', 1_200_000, 0, 0, refused())], crossing: 0 };
    expect(say(none, 'sum', 'account')).toBe(
      'Nothing stood on account 4711 before. The next 12 000 would have crossed 10 000 and was denied at 10:42:17.',
    );
    expect(say({ ...base, steps: [], crossing: null }, 'sum')).toMatch(/It stands at 0 of 10 000, 0 %\.$/);
  });
  test('a session that comes near the limit by itself is not said to be far from it', () => {
    const steps = [
      step('10:21:00', 'worker-3', 900_000, 900_000, 900_000),
      step('10:30:00', 'boto3', 50_000, 50_000, 950_000),
    ];
    expect(say({ ...base, steps, crossing: null }, 'sum')).toContain('None reached 10 000 by itself.');
    expect(say(variant({ limit: '800000' }, { steps, crossing: null }), 'sum')).toContain('worker-3 made 9 000 of it.');
  });
  test('several identities', () => {
    const strands = base.strands.map((strand, index) => ({
      ...strand,
      identityId: `id-${index}`,
      identityName: `svc-${index}`,
    }));
    expect(say({ ...base, strands }, 'sum', 'account')).toMatch(/^Three sessions of three identities paid/);
  });
  test('counts', () => {
    const steps = [1, 2, 3].map((n) =>
      step(`10:21:0${n}`, n === 2 ? 'boto3' : 'worker-3', 1, n === 3 ? 2 : 1, n, { action: 'tool.call' }),
    );
    const path = variant(
      { meter: 'calls', scope: 'identity.id', scale: 0, limit: '3' },
      { steps: [...steps, step('10:21:09', 'worker-7', 1, 0, 3, refused())], crossing: 3 },
    );
    expect(say(path, 'count')).toBe(
      'Two sessions of svc-payments made 3 tool.call requests in 2 seconds. None made more than 2. The next one would have crossed 3 and was denied at 10:21:09.',
    );
  });
  test('a count is said as it is, and once where every session made the same', () => {
    const made = (each: number[]) => {
      const steps = each.map((own, n) => step(`10:21:0${n}`, ['boto3', 'worker-3', 'worker-7'][n]!, own, own, 15 * n));
      return say(variant({ meter: 'calls', scope: 'identity.id', scale: 0, limit: '100' }, { steps }), 'count');
    };
    expect(made([15, 15, 15])).toContain(' Each made 15.');
    expect(made([15, 14, 15])).toContain(' None made more than 15.');
  });
  test('live sessions, approvals and leases', () => {
    const asked = (after: number) => [step('10:42:17', 'boto3', 1, 0, after, refused())];
    expect(
      say(variant({ scope: 'identity.id', scale: 0, limit: '2' }, { steps: asked(2), crossing: 0 }), 'live_sessions'),
    ).toBe('Two sessions of svc-payments were live at once. A third would have crossed 2 and was denied at 10:42:17.');
    const held = [step('10:20:00', 'worker-3', 1, 1, 1, { kind: 'reserve' }), ...asked(1)];
    expect(
      say(
        variant({ meter: 'approvals', scope: 'identity.id', scale: 0, limit: '1' }, { steps: held, crossing: 1 }),
        'pending',
      ),
    ).toBe(
      'One session of svc-payments had one approval open. The next one would have crossed 1 and was denied at 10:42:17.',
    );
    expect(
      say(
        variant(
          { meter: 'job', scope: 'credential.id', key: 'k1', scale: 0, limit: '1' },
          { steps: held, crossing: 1 },
        ),
        'lease',
      ),
    ).toBe(
      'worker-3 of svc-payments held the lease job with credential k1. boto3 asked for it as well and was denied at 10:42:17.',
    );
  });
});
