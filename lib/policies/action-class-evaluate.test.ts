import { expect, test } from 'vitest';
import { type ActionClass, actionClass } from '@/lib/policies/action-class-evaluate';
import { compile } from '@/lib/policies/compile';
import { evaluate } from '@/lib/policies/evaluate';
import { plainQuestion } from '@/lib/policies/testing-question';
import { touch } from '@/lib/policies/touch';

test('an action is an approval, an export, a change or a read by its name, else an action', () => {
  const cases: [string, ActionClass][] = [
    ['approval.request', 'approval'],
    ['change.approve', 'approval'],
    ['report.export', 'export'],
    ['customers:download', 'export'],
    ['CreateExport', 'export'],
    ['payment.create', 'change'],
    ['PutObject', 'change'],
    ['iam:UpdateRole', 'change'],
    ['GetObject', 'read'],
    ['orders.list', 'read'],
    ['session', 'action'],
    ['disapproval', 'action'],
  ];
  for (const [name, kind] of cases) expect([name, actionClass(name)]).toEqual([name, kind]);
});

test('a policy can aim at a class of actions, and at how visible an identity is', () => {
  const source = `set: t
default: allow
rules:
  - id: exports
    deny: action.class == "export"
  - id: seen-enough
    on: action.class == "change"
    deny: identity.visibility < 4
`;
  const judged = (name: string, visibility: number | null) => {
    const set = compile({ version: 1, hash: 'classes', source, mode: 'enforce' });
    const plain = plainQuestion([set]);
    const question = {
      ...plain,
      asked: { ...plain.asked, action: { name } },
      identity: { ...plain.identity, visibility },
    };
    const { verdict, ruleId, reason } = evaluate(question, touch(question), new Map());
    return [verdict, ruleId, reason];
  };
  expect(judged('report.export', 6)).toEqual(['deny', 'exports', 'rule_denied']);
  expect(judged('report.read', 0)).toEqual(['allow', null, 'ok']);
  expect(judged('payment.create', 4)).toEqual(['allow', null, 'ok']);
  expect(judged('payment.create', 3)).toEqual(['deny', 'seen-enough', 'rule_denied']);
  // Never assessed is not known, and what is not known denies.
  expect(judged('payment.create', null)).toEqual(['deny', 'seen-enough', 'attribute_missing']);
});
