import * as iam from '@aws-sdk/client-iam';
import * as sts from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { aws } from '@/lib/connectors/aws/connector';
import { aws as format } from '@/lib/connectors/aws/format';
import { manifest } from '@/lib/connectors/aws/manifest';
import {
  allow,
  followed,
  forbidden,
  isLetIn,
  type Keys,
  makeFollowed,
  makeServiceRole,
  makeUser,
  note,
  removeUser,
  services,
  startStand,
  trail,
  trustOf,
} from '@/lib/connectors/aws/testing-stand';
import type { Connection } from '@/lib/connectors/contract';
import { contractSuite } from '@/lib/connectors/contract-test';
import { testingNotes } from '@/lib/connectors/testing-notes';
import { startServer, type TestServer } from '@/lib/connectors/testing-server';
import { clock } from '@/lib/platform/clock';

let server: TestServer;
let front: { url: string; close(): void };
let root: Keys;
let user: { arn: string; keys: Keys };
let beside: { arn: string; keys: Keys };
let role: string;
const opened: Connection[] = [];

const as = (keys: Keys) => ({ region: 'us-east-1', endpoint: front.url, credentials: keys, maxAttempts: 1 });
const iamOf = (keys: Keys) => new iam.IAMClient(as(keys));
const stsOf = (keys: Keys) => new sts.STSClient(as(keys));
const admin = () => iamOf(root);

async function connect(values: Record<string, string> = {}): Promise<Connection> {
  const { config, secrets } = manifest.split({
    endpoint: front.url,
    ownNetwork: 'true',
    pollMs: '250',
    accessKeyId: root.accessKeyId,
    secretAccessKey: root.secretAccessKey,
    canaryKeyId: user.keys.accessKeyId,
    canarySecret: user.keys.secretAccessKey,
    ...values,
  });
  const connection = await aws.connect(manifest.config.parse(config), manifest.secrets.parse(secrets), {
    connectorId: 'c',
    own: null,
    notes: testingNotes(),
  });
  opened.push(connection);
  return connection;
}
const works = (keys: Keys): Promise<boolean> => isLetIn(iamOf(keys));
const enter = async (keys: Keys) => ((await works(keys)) ? { alive: () => works(keys) } : undefined);

/** From now on moto checks what the keys’ policies allow; from the outside it is one switch for everybody. */
const enforce = (on: boolean) =>
  fetch(`http://127.0.0.1:${server.port}/moto-api/reset-auth`, { method: 'POST', body: on ? '0' : '100000000' });

beforeAll(async () => {
  server = await startServer({
    title: 'moto (PyPI: moto[server])',
    command: process.env.BRAID_MOTO ?? 'moto_server',
    args: ({ port }) => ['-H', '127.0.0.1', '-p', String(port)],
    env: () => ({ INITIAL_NO_AUTH_ACTION_COUNT: '100000000' }),
    withinMs: 60_000,
  });
  front = await startStand();
  followed.port = server.port;
  root = { accessKeyId: 'AKIAFIRST', secretAccessKey: 'x' };
  root = (await makeUser(admin(), 'braid', '*')).keys;
  user = await makeFollowed(admin());
  beside = await makeUser(admin(), 'svc-beside', 'iam:ListAccountAliases');
  const made = await admin().send(
    new iam.CreateRoleCommand({ RoleName: 'settle', AssumeRolePolicyDocument: trustOf(allow({ AWS: user.arn })) }),
  );
  role = made.Role!.Arn!;
  await makeServiceRole(admin());
});

afterAll(async () => {
  for (const connection of opened) await connection.close();
  front?.close();
  await server?.stop();
});

contractSuite(aws.manifest, async () => ({
  connection: await connect(),
  system: { kind: 'double' as const, name: 'moto 5: call shapes only, so effective at most' },
  identity: user.arn,
  protectedIdentity: 'arn:aws:iam::123456789012:role/aws-service-role/support.amazonaws.com/AWSServiceRoleForSupport',
  open: () => enter(user.keys),
  bystander: { identity: beside.arn, open: () => enter(beside.keys) },
  withoutHeld: () => connect({ canaryKeyId: '', canarySecret: '' }),
  adopt: (secret) => {
    user.keys = { accessKeyId: secret['access key id']!, secretAccessKey: secret['secret access key']! };
    followed.accessKeyId = user.keys.accessKeyId;
  },
  fresh: () => connect(),
  remove: () => removeUser(admin(), 'svc-payments'),
  close: async () => void Object.assign(user, await makeFollowed(admin())),
  differs: {
    blockNotEnforced: true, // moto enforces no policy here
    holdsEverybody: true, // no canary is named
    livesOn: true,
    missing: ['Rights to act'], // nor has it a simulator of them
    // STS lists no sessions, no credential is held; the role that trusts it may have been assumed.
    proof: { result: 'unknown' as const, gaps: ['G8' as const] },
  },
}));

test('a user: keys that were active are inactive and everything is denied; restoring gives back those and no other', async () => {
  const connection = await connect();
  const { arn, keys } = await makeUser(admin(), 'two-keys', '*');
  const { AccessKey: idle } = await admin().send(new iam.CreateAccessKeyCommand({ UserName: 'two-keys' }));
  await admin().send(
    new iam.UpdateAccessKeyCommand({ UserName: 'two-keys', AccessKeyId: idle!.AccessKeyId!, Status: 'Inactive' }),
  );
  const standing = async () =>
    Object.fromEntries(
      (await admin().send(new iam.ListAccessKeysCommand({ UserName: 'two-keys' }))).AccessKeyMetadata!.map((one) => [
        one.AccessKeyId,
        one.Status,
      ]),
    );
  const before = await standing();
  expect(await connection.blockIdentity!(arn)).toMatchObject({ state: 'effective', affected: 1 });
  expect(Object.values(await standing())).toEqual(['Inactive', 'Inactive']);
  expect(await connection.canEnter!(arn)).toBe(false);
  expect(await connection.restoreIdentity!(arn)).toMatchObject({ state: 'effective', affected: 1 });
  expect(await standing()).toEqual(before);
  expect(before[keys.accessKeyId]).toBe('Active');
  const tags = (await admin().send(new iam.ListUserTagsCommand({ UserName: 'two-keys' }))).Tags!;
  expect(tags).toEqual([{ Key: 'owner', Value: 'Payments' }]);
  expect((await admin().send(new iam.ListUserPoliciesCommand({ UserName: 'two-keys' }))).PolicyNames).toEqual(['own']);
  await expect(connection.blockIdentity!('arn:aws:iam::123456789012:user/braid')).rejects.toMatchObject({
    code: 'connector.protected',
  });
});

test('SSH keys, service-specific credentials and certificates end with the user, and come back; what may not be ended is named', async () => {
  const connection = await connect();
  const { arn } = await makeUser(admin(), 'with-git', '*');
  const upload = async (body: string) =>
    (await admin().send(new iam.UploadSSHPublicKeyCommand({ UserName: 'with-git', SSHPublicKeyBody: body })))
      .SSHPublicKey!.SSHPublicKeyId!;
  const [used, idle] = [await upload('ssh-rsa AAAA one'), await upload('ssh-rsa AAAA two')];
  const setIdle = { UserName: 'with-git', SSHPublicKeyId: idle, Status: 'Inactive' as const };
  await admin().send(new iam.UpdateSSHPublicKeyCommand(setIdle));
  services.set('with-git', new Map([['ACCAGIT', 'Active']]));
  const states = async () => {
    const { SSHPublicKeys } = await admin().send(new iam.ListSSHPublicKeysCommand({ UserName: 'with-git' }));
    const keys = Object.fromEntries(SSHPublicKeys!.map((one) => [one.SSHPublicKeyId, one.Status]));
    return [keys[used], keys[idle], services.get('with-git')!.get('ACCAGIT')];
  };
  expect(await connection.blockIdentity!(arn)).toMatchObject({
    detail: '1 key inactive, 2 other credentials inactive, everything denied',
  });
  expect(await states()).toEqual(['Inactive', 'Inactive', 'Inactive']);
  await connection.endSessions!(arn);
  expect((await connection.probeIdentity!(arn)).residuals).toEqual([]);
  expect(await connection.blockIdentity!(arn)).toMatchObject({ affected: 0 });
  expect(await connection.restoreIdentity!(arn)).toMatchObject({ state: 'effective', affected: 1 });
  expect(await states()).toEqual(['Active', 'Inactive', 'Active']);
  const tags = (await admin().send(new iam.ListUserTagsCommand({ UserName: 'with-git' }))).Tags!;
  expect(tags.map((one) => one.Key)).toEqual(['owner']);
  forbidden.add('UpdateSSHPublicKey').add('ListSigningCertificates');
  expect(await connection.blockIdentity!(arn)).toMatchObject({
    state: 'effective',
    detail: expect.stringContaining(`left active, as a right is missing: SSH public key ${used}`),
  });
  await connection.endSessions!(arn);
  expect((await connection.probeIdentity!(arn)).residuals).toMatchObject([
    { what: `SSH public key ${used}`, until: null },
    { what: 'signing certificates of it', why: expect.stringContaining('ListSigningCertificates') },
  ]);
  forbidden.clear();
});

test('a role: trust is cut and given back letter for letter, older sessions stay denied, who else is hit is told', async () => {
  const connection = await connect();
  const document = async () => {
    const { Role } = await admin().send(new iam.GetRoleCommand({ RoleName: 'settle' }));
    return JSON.parse(decodeURIComponent(Role!.AssumeRolePolicyDocument!));
  };
  for (const trust of [
    trustOf(allow({ AWS: user.arn }), allow({ Service: 'ec2.amazonaws.com' })),
    JSON.stringify({ Version: '2012-10-17', Statement: allow({ AWS: [user.arn] }) }),
  ]) {
    await admin().send(new iam.UpdateAssumeRolePolicyCommand({ RoleName: 'settle', PolicyDocument: trust }));
    const hits = await connection.predict!(role);
    expect(hits.map((hit) => hit.externalId)).toContain(user.arn);
    expect(await connection.blockIdentity!(role)).toMatchObject({ state: 'effective', affected: 1 });
    const statements = (await document()).Statement;
    expect(statements.at(-1)).toMatchObject({ Effect: 'Deny', Principal: '*' });
    expect(await connection.endSessions!(role)).toMatchObject({ state: 'effective', affected: 1 });
    expect(await connection.endSessions!(role)).toMatchObject({ affected: 0 });
    expect(await connection.probeIdentity!(role)).toMatchObject({ result: 'unknown' });
    expect(await connection.restoreIdentity!(role)).toMatchObject({ state: 'effective', affected: 1 });
    expect(await document()).toEqual(JSON.parse(trust));
  }
  const { PolicyNames } = await admin().send(new iam.ListRolePoliciesCommand({ RoleName: 'settle' }));
  expect(PolicyNames).toEqual(['AWSRevokeOlderSessions']);

  const gentle = await connect({ cutTrust: 'false' });
  const trust = await document();
  await gentle.blockIdentity!(role);
  expect(await document()).toEqual(trust);
  expect(await gentle.canEnter!(role)).toBe(false);
  await gentle.restoreIdentity!(role);
  expect(await gentle.canEnter!(role)).toBe(true);
});

test('who undoes the block within its first seconds is found by the second reading', async () => {
  const connection = await connect();
  const { arn } = await makeUser(admin(), 'sly', '*');
  await connection.blockIdentity!(arn);
  await connection.endSessions!(arn);
  const probing = connection.probeIdentity!(arn);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const { AccessKey: fresh } = await admin().send(new iam.CreateAccessKeyCommand({ UserName: 'sly' }));
  expect(await probing).toMatchObject({ result: 'alive', detail: `key ${fresh!.AccessKeyId} is active` });
});

test('a session of a role assumed before is said to be left until it ends', async () => {
  const connection = await connect();
  const issued = await stsOf(user.keys).send(new sts.AssumeRoleCommand({ RoleArn: role, RoleSessionName: 'nightly' }));
  expect(issued.Credentials?.AccessKeyId).toMatch(/^ASIA/);
  await connection.blockIdentity!(user.arn);
  await connection.endSessions!(user.arn);
  const { residuals } = await connection.probeIdentity!(user.arn);
  expect(residuals).toMatchObject([{ gap: 'G8', what: 'sessions of settle it may have assumed' }]);
  expect(Date.parse(residuals[0]!.until!)).toBeGreaterThan(clock.ms() + 3_500_000);
  await connection.restoreIdentity!(user.arn);
});

test('where policies are enforced the canary’s key is refused once blocked, and let in once restored', async () => {
  const connection = await connect({ canary: user.arn });
  await expect(connection.enterAsCanary!(role)).rejects.toMatchObject({ code: 'connector.unsupported' });
  // AWSRevokeOlderSessions stands there from before: moto reads no conditions, so it would deny everything by itself.
  await admin().send(
    new iam.DeleteUserPolicyCommand({ UserName: 'svc-payments', PolicyName: 'AWSRevokeOlderSessions' }),
  );
  await enforce(true);
  try {
    expect(await works(user.keys)).toBe(true);
    await connection.blockIdentity!(user.arn);
    expect(await works(user.keys)).toBe(false);
    expect(await connection.enterAsCanary!(user.arn)).toBeNull();
    await connection.endSessions!(user.arn);
    expect(await connection.probeIdentity!(user.arn)).toMatchObject({ result: 'gone' });
    await connection.restoreIdentity!(user.arn);
    await admin().send(
      new iam.DeleteUserPolicyCommand({ UserName: 'svc-payments', PolicyName: 'AWSRevokeOlderSessions' }),
    );
    expect(await works(user.keys)).toBe(true);
  } finally {
    await enforce(false);
  }
  await connection.blockIdentity!(user.arn);
  await connection.endSessions!(user.arn);
  const unenforced = await connection.probeIdentity!(user.arn);
  expect(unenforced).toMatchObject({ result: 'alive' });
  expect(unenforced.checks.at(-1)).toMatchObject({ check: 'held key tried', saw: 'still let in' });
  await connection.restoreIdentity!(user.arn);
});

test('CloudTrail is handed over whole and once, page by page, also what came late', async () => {
  const connection = await connect();
  const { cursor } = await connection.pullEvents!(null, 1_000);
  await new Promise((resolve) => setTimeout(resolve, 50));
  for (let i = 0; i < 430; i++) note(`Act${i}`, user.keys.accessKeyId);
  const taken: string[] = [];
  let at = cursor;
  const pull = async () => {
    for (let more = true; more; ) {
      const pulled = await connection.pullEvents!(at, 1_000);
      expect(pulled.format).toBe(format.name);
      taken.push(...pulled.lines);
      ({ cursor: at, more } = pulled);
    }
  };
  await pull();
  expect(taken).toHaveLength(430);
  for (const line of taken) expect(format.normalise(JSON.parse(line))).toMatchObject({ kind: 'event' });
  note('Late', user.keys.accessKeyId);
  trail.at(-1)!.EventTime -= 0.02;
  await new Promise((resolve) => setTimeout(resolve, 300));
  await pull();
  expect(taken).toHaveLength(431);
  expect(new Set(taken).size).toBe(431);
});
