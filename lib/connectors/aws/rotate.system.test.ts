import * as iam from '@aws-sdk/client-iam';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { aws } from '@/lib/connectors/aws/connector';
import { manifest } from '@/lib/connectors/aws/manifest';
import { followed, startStand } from '@/lib/connectors/aws/testing-stand';
import type { Connection } from '@/lib/connectors/contract';
import { testingNotes } from '@/lib/connectors/testing-notes';
import { startServer, type TestServer } from '@/lib/connectors/testing-server';

let server: TestServer;
let front: { url: string; close(): void };
let connection: Connection;
const opened: Connection[] = [];
const url = () => front.url;
const iamOf = (accessKeyId: string, secretAccessKey: string) =>
  new iam.IAMClient({ region: 'us-east-1', endpoint: url(), credentials: { accessKeyId, secretAccessKey } });
const admin = () => iamOf('AKIAFIRST', 'x');
const asked = () => ({ since: new Date().toISOString(), fresh: '' });

async function makeUser(name: string): Promise<{ arn: string; key: iam.AccessKey }> {
  const made = await admin().send(new iam.CreateUserCommand({ UserName: name }));
  const document = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
  await admin().send(
    new iam.PutUserPolicyCommand({ UserName: name, PolicyName: 'own', PolicyDocument: JSON.stringify(document) }),
  );
  const { AccessKey: key } = await admin().send(new iam.CreateAccessKeyCommand({ UserName: name }));
  return { arn: made.User!.Arn!, key: key! };
}

const standing = async (name: string) =>
  Object.fromEntries(
    (await admin().send(new iam.ListAccessKeysCommand({ UserName: name }))).AccessKeyMetadata!.map((one) => [
      one.AccessKeyId!,
      one.Status!,
    ]),
  );

async function connect(own: iam.AccessKey, values: Record<string, string> = {}): Promise<Connection> {
  const { config, secrets } = manifest.split({
    endpoint: url(),
    ownNetwork: 'true',
    accessKeyId: own.AccessKeyId!,
    secretAccessKey: own.SecretAccessKey!,
    ...values,
  });
  const host = { connectorId: 'c', own: null, notes: testingNotes() };
  const made = await aws.connect(manifest.config.parse(config), manifest.secrets.parse(secrets), host);
  opened.push(made);
  return made;
}

let braid: { arn: string; key: iam.AccessKey };
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
  braid = await makeUser('braid');
  connection = await connect(braid.key);
});
afterAll(async () => {
  front?.close();
  for (const one of opened) await one.close();
  await server?.stop();
});

test('a user has two keys at most: an inactive one makes room, else the older; a second try leaves no third', async () => {
  const { arn, key } = await makeUser('svc');
  const { AccessKey: idle } = await admin().send(new iam.CreateAccessKeyCommand({ UserName: 'svc' }));
  const inactive = { UserName: 'svc', AccessKeyId: idle!.AccessKeyId!, Status: 'Inactive' as const };
  await admin().send(new iam.UpdateAccessKeyCommand(inactive));
  // IAM tells when a key was made in whole seconds: these are of before.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  const rotation = asked();
  const first = await connection.rotateSecret!(arn, rotation);
  const made = first.secret['access key id']!;
  expect(first).toMatchObject({ state: 'effective', affected: 1 });
  expect(first.detail).toContain(`${idle!.AccessKeyId} deleted to make room`);
  expect(first.replaced.sort()).toEqual([key.AccessKeyId, idle!.AccessKeyId].sort());
  expect(await standing('svc')).toEqual({ [key.AccessKeyId!]: 'Inactive', [made]: 'Active' });
  const again = await connection.rotateSecret!(arn, rotation);
  const fresh = again.secret['access key id']!;
  expect(await standing('svc')).toEqual({ [key.AccessKeyId!]: 'Inactive', [fresh]: 'Active' });

  await connection.endSessions!(arn);
  const probe = (secret: Record<string, string>) => connection.probeRotated!(arn, { ...rotation, secret });
  const seen = await probe(again.secret);
  expect(seen).toMatchObject({ result: 'unknown', residuals: [] });
  expect(seen.checks.at(-1)).toMatchObject({ check: 'new key asks whose it is', saw: 'let in' });
  expect(JSON.stringify(seen)).not.toContain(again.secret['secret access key']);
  await admin().send(new iam.CreateLoginProfileCommand({ UserName: 'svc', Password: 'Only-for-tests-1!' }));
  expect((await probe(again.secret)).residuals).toMatchObject([{ what: 'the console password', until: null }]);
  await admin().send(new iam.UpdateAccessKeyCommand({ ...inactive, AccessKeyId: key.AccessKeyId!, Status: 'Active' }));
  expect(await probe(again.secret)).toMatchObject({ result: 'alive', detail: `key ${key.AccessKeyId} is active` });
});

test('what a block had taken does not come back after a rotation; roles and Braid’s own user are not rotated', async () => {
  const { arn, key } = await makeUser('blocked');
  await connection.blockIdentity!(arn);
  const { secret } = await connection.rotateSecret!(arn, asked());
  await connection.restoreIdentity!(arn);
  const after = await standing('blocked');
  expect(after[secret['access key id']!]).toBe('Active');
  expect(after[key.AccessKeyId!]).not.toBe('Active');

  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [] });
  const { Role } = await admin().send(new iam.CreateRoleCommand({ RoleName: 'settle', AssumeRolePolicyDocument }));
  await expect(connection.rotateSecret!(Role!.Arn!, asked())).rejects.toMatchObject({ code: 'connector.unsupported' });
  await expect(connection.rotateSecret!(braid.arn, asked())).rejects.toMatchObject({ code: 'connector.protected' });
});

test('an old key that is held and still let in is alive, whatever IAM lists', async () => {
  const { arn, key } = await makeUser('canary');
  const held = { canary: arn, canaryKeyId: key.AccessKeyId!, canarySecret: key.SecretAccessKey! };
  const holding = await connect(braid.key, held);
  const rotation = asked();
  const { secret } = await holding.rotateSecret!(arn, rotation);
  await holding.endSessions!(arn);
  // moto lets an inactive key in.
  expect(await holding.probeRotated!(arn, { ...rotation, secret })).toMatchObject({
    result: 'alive',
    detail: 'set as it should be, and its old key is still let in',
  });
});
