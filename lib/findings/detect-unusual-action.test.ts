// First touch of what opens more doors: for, against and near misses.
import { describe, expect, test } from 'vitest';
import { detect } from '@/lib/findings/detect';
import { learn } from '@/lib/findings/learn-state';
import { type Given, learned, pictureOf } from '@/lib/findings/testing-model';

const found = (given: Given) => detect(pictureOf(given)).map(({ detector, severity }) => `${detector} ${severity}`);
const none: string[] = [];

describe('unusual action', () => {
  test('first touch of what opens doors', () => {
    const envelope = { actions: { 's3:GetObject': 900 } };
    const did = (...actions: string[]) => actions.map((action, at) => ({ at, action }));
    expect(found({ envelope, events: did('secretsmanager:GetSecretValue') })).toEqual(['unusual-action medium']);
    expect(
      found({
        envelope,
        events: did('secretsmanager:GetSecretValue', 'iam:CreateAccessKey', 'cloudtrail:StopLogging'),
      }),
    ).toEqual(['unusual-action critical']);
    expect(found({ envelope, events: did('s3:PutObject') })).toEqual(none);
    for (const action of ['iam:GetAccessHistory', 'ListBusinessHours', 'crm:progressHook', 'create tokenreviews'])
      expect(found({ envelope, events: did(action) })).toEqual(none);
    for (const action of ['ssh', 'host.ssh.login', 'ec2-instance-connect:SendSSHPublicKey', 'CreateApiToken'])
      expect(found({ envelope, events: did(action) })).toEqual(['unusual-action medium']);
    expect(
      found({ envelope: { actions: { 'secretsmanager:GetSecretValue': 900 } }, events: did('ssm:GetParameter') }),
    ).toEqual(none);
    expect(found({ events: did('secretsmanager:GetSecretValue') })).toEqual(none);
  });
  test('what does so many things that their names are not all kept is judged by the kinds it did', () => {
    const work = Array.from({ length: 60 }, (_, n) => ({ at: n / 10, action: `work.do${n}` }));
    const before = pictureOf({ events: [{ at: 0, action: 'ssm:SendCommand' }, ...[...work, ...work]] });
    const { actions, kinds } = learn(learned(), before, []);
    expect(Object.keys(actions)).toHaveLength(40);
    expect(actions).not.toHaveProperty('ssm:SendCommand');
    expect(kinds).toEqual(['code execution']);
    const did = (action: string, of: Given['envelope']) => found({ envelope: of ?? null, events: [{ at: 9, action }] });
    expect(did('secretsmanager:GetSecretValue', { actions, kinds })).toEqual(['unusual-action low']);
    expect(did('ssm:SendCommand', { actions, kinds })).toEqual(none);
    expect(did('secretsmanager:GetSecretValue', { actions, kinds: undefined })).toEqual(none);
  });
});
