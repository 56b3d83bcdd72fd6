// What is written as it stands is what the answer says.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { answerOf } from '@/lib/decisions/answer';
import { answerText } from '@/lib/decisions/answer-text';
import { parse } from '@/lib/decisions/parse';
import { newId, sha256Hex } from '@/lib/platform/ids';
import { compile } from '@/lib/policies/compile';
import { evaluate } from '@/lib/policies/evaluate';
import { plainQuestion } from '@/lib/policies/testing-question';
import { touch } from '@/lib/policies/touch';
import { emptyState } from '@/lib/replay/world';

const SOURCE = `set: told
default: deny
meters:
  paid: { sum: context.amount, unit: EUR, scale: 2, per: resource.id, over: 24h }
  calls: { count: true, per: identity, over: 1h }
rules:
  - id: granted
    allow: context.grant == true
  - id: cap
    limit: { meter: paid, max: 100, warn: [80] }
    message: The "daily" cap
  - id: risky
    step_up: context.risk == 1
    fail: open
    acr_values: [mfa]
  - id: outside
    deny: context.risk == 2
    fail: open
    obligations: [session_termination]
`;
const set = compile({ version: 1, hash: sha256Hex(SOURCE), source: SOURCE, mode: 'enforce' });
const actor = { kind: 'token' as const, id: newId(), name: 'test', issuer: 'default', scopes: ['decide' as const] };
const NOW = Date.UTC(2026, 10, 22, 7);

test('an answer as text says what the answer says, member by member', () => {
  const verdicts = new Set<string>();
  fc.assert(
    fc.property(
      fc.record({
        amount: fc.constantFrom<unknown>(1, 85, 120, 'x'),
        risk: fc.constantFrom(0, 0, 1, 2),
        grant: fc.constantFrom(true, true, false),
        named: fc.boolean(),
        dry: fc.boolean(),
        hold: fc.constantFrom(null, { id: newId(), expiresMs: NOW + 60_000 }),
        resource: fc.constantFrom('1', 'ä "q" \n'),
        point: fc.constantFrom(null, null, { mode: 'bounded', staleSecs: 5, settleAfterSecs: 60 }),
      }),
      ({ amount, risk, grant, named, dry, hold, resource, point }) => {
        const body = {
          subject: { type: 't', id: 'x' },
          action: { name: 'act' },
          resource: { type: 'r', id: resource },
          context: { amount, risk, grant, braid: { ...(dry ? { dry_run: true } : {}) } },
        };
        const item = { ...parse(actor, body, { arrivedMs: 0 }), ...(point ? { point } : {}) };
        const question = plainQuestion([set], { asked: item.asked, named, nowMs: NOW });
        const touched = touch(question);
        const states = new Map(touched.touches.map((one) => [one.exposureId, emptyState(one)]));
        const judgement = evaluate(question, touched, states);
        verdicts.add(judgement.verdict);
        expect(answerText(item, judgement, NOW, hold)).toBe(JSON.stringify(answerOf(item, judgement, NOW, hold)));
      },
    ),
  );
  expect([...verdicts].sort()).toEqual(['allow', 'deny', 'step_up']);
});
