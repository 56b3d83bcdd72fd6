import { explain } from '@/lib/connectors/aws/client';
import type { Deps } from '@/lib/connectors/aws/end';
import type { Tested } from '@/lib/connectors/contract';
import { BraidError } from '@/lib/platform/errors';

type Check = Tested['checks'][number];

const READS = [
  'iam:GetAccountAuthorizationDetails',
  'iam:ListAccessKeys',
  'iam:GetAccessKeyLastUsed',
  'iam:GetUser',
  'iam:GetRole',
  'iam:ListUserPolicies',
  'iam:ListRolePolicies',
  'iam:GetUserPolicy',
  'iam:GetRolePolicy',
  'iam:GetLoginProfile',
  'iam:ListSSHPublicKeys',
  'iam:ListServiceSpecificCredentials',
  'iam:ListSigningCertificates',
  'iam:SimulatePrincipalPolicy',
  'cloudtrail:LookupEvents',
];
const ACTS = [
  'iam:CreateAccessKey',
  'iam:DeleteAccessKey',
  'iam:UpdateAccessKey',
  'iam:UpdateSSHPublicKey',
  'iam:UpdateServiceSpecificCredential',
  'iam:UpdateSigningCertificate',
  'iam:PutUserPolicy',
  'iam:DeleteUserPolicy',
  'iam:TagUser',
  'iam:UntagUser',
  'iam:PutRolePolicy',
  'iam:DeleteRolePolicy',
  'iam:UpdateAssumeRolePolicy',
];

/** One statement that allows exactly this. */
const statement = (actions: string[]): string =>
  JSON.stringify({ Effect: 'Allow', Action: actions, Resource: '*' }, null, 2);

/** The policy Braid needs, whole. */
export const POLICY = JSON.stringify(
  { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: [...READS, ...ACTS], Resource: '*' }] },
  null,
  2,
);

async function tried(check: string, action: string, call: () => Promise<unknown>, good: string): Promise<Check> {
  try {
    await call();
    return { check, ok: true, detail: good };
  } catch (error) {
    const known = explain(error, action);
    if (known.code !== 'connector.refused') throw known;
    return { check, ok: false, detail: known.publicMessage, fix: statement([action]) };
  }
}

/** IAM’s own simulator says what would be allowed; nothing is changed to find out. */
async function rights({ client, own }: Deps): Promise<Check> {
  const check = 'Rights to act';
  try {
    const answer = await client.iam.send(
      new client.iamSdk.SimulatePrincipalPolicyCommand({ PolicySourceArn: own, ActionNames: [...READS, ...ACTS] }),
    );
    const missing = (answer.EvaluationResults ?? [])
      .filter((one) => one.EvalDecision !== 'allowed')
      .flatMap((one) => one.EvalActionName ?? []);
    return missing.length
      ? { check, ok: false, detail: `Missing: ${missing.join(', ')}.`.slice(0, 2000), fix: statement(missing) }
      : {
          check,
          ok: true,
          detail: 'Keys can be made, deleted and switched; inline policies, tags and trust policies can be changed.',
        };
  } catch (error) {
    const known = explain(error, 'SimulatePrincipalPolicy');
    if (known.code === 'connector.limited') throw known;
    return {
      check,
      ok: false,
      detail: `Could not be looked up before they are needed. ${known.publicMessage}`.slice(0, 2000),
      fix: statement(['iam:SimulatePrincipalPolicy', ...ACTS]),
    };
  }
}

export async function standing(deps: Deps): Promise<Tested> {
  const { client, account, own } = deps;
  const checks: Check[] = [{ check: 'Connect', ok: true, detail: `As ${own}.` }];
  const readable = await tried(
    'Read users and roles',
    'iam:GetAccountAuthorizationDetails',
    () => account.principals(),
    'Users, roles, their policies and trust are visible.',
  );
  checks.push(readable);
  checks.push(
    await tried(
      'Read access keys',
      'iam:ListAccessKeys',
      async () => {
        const user = readable.ok && (await account.principals()).find((one) => one.kind === 'user');
        if (user) await account.keys(user.name, true);
      },
      'Keys of every user are visible.',
    ),
    await tried(
      'Read CloudTrail',
      'cloudtrail:LookupEvents',
      () => client.trail.send(new client.trailSdk.LookupEventsCommand({ MaxResults: 1 })),
      'Management events of this region are visible.',
    ),
    await rights(deps),
  );
  return { ok: checks.every((check) => check.ok), checks };
}

/** ARN of the user or role that calls: an assumed session stands for its role. Throws `connector.refused`. */
export async function whoAmI(client: Deps['client']): Promise<string> {
  const answer = await client.ask('GetCallerIdentity', () =>
    client.sts.send(new client.stsSdk.GetCallerIdentityCommand({})),
  );
  if (!answer?.Arn) throw new BraidError('connector.refused', 'AWS did not say who this key belongs to.');
  const session = /^arn:([\w-]+):sts::(\d+):assumed-role\/([^/]+)\//.exec(answer.Arn);
  return session ? `arn:${session[1]}:iam::${session[2]}:role/${session[3]}` : answer.Arn;
}
