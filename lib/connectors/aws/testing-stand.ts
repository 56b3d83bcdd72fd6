import http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as iam from '@aws-sdk/client-iam';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';

// moto keeps IAM and STS and checks the shape of calls; it enforces nothing unless it is told to, and then no condition, no
// resource and no inactive key. It has no LookupEvents: this stands in front of it and answers that, with what was called.

export interface Event {
  EventId: string;
  EventTime: number;
  EventName: string;
  CloudTrailEvent: string;
}
export const trail: Event[] = [];

/** LookupEvents as its description has it: newest first, pages of 50 at most, epoch seconds. */
function lookUp(body: string): { status: number; answer: object } {
  const { StartTime, EndTime, MaxResults, NextToken, ...rest } = JSON.parse(body || '{}');
  if (Object.keys(rest).length || MaxResults > 50)
    return { status: 400, answer: { __type: 'InvalidMaxResultsException' } };
  const within = trail
    .filter(({ EventTime }) => (!StartTime || EventTime >= StartTime) && (!EndTime || EventTime <= EndTime))
    .sort((a, b) => b.EventTime - a.EventTime);
  const from = Number(NextToken ?? 0);
  const page = within.slice(from, from + (MaxResults ?? 50));
  const more = from + page.length < within.length;
  return { status: 200, answer: { Events: page, ...(more ? { NextToken: String(from + page.length) } : {}) } };
}

export function note(name: string, key: string): void {
  const at = clock.ms() / 1000;
  const record = {
    eventVersion: '1.11',
    eventID: newId(),
    eventTime: new Date(at * 1000).toISOString(),
    eventSource: 'iam.amazonaws.com',
    eventName: name,
    awsRegion: 'us-east-1',
    sourceIPAddress: '203.0.113.9',
    userAgent: 'aws-sdk-js/3',
    userIdentity: {
      type: 'IAMUser',
      arn: followed.arn,
      accessKeyId: key,
      accountId: '123456789012',
    },
  };
  trail.push({ EventId: record.eventID, EventTime: at, EventName: name, CloudTrailEvent: JSON.stringify(record) });
}

/** Service-specific credentials, which moto has not: by user, id and status. */
export const services = new Map<string, Map<string, string>>();
/** Actions that are answered as missing rights. */
export const forbidden = new Set<string>();

const answerIn = (action: string, inner: string): string =>
  `<${action}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><${action}Result>${inner}</${action}Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></${action}Response>`;

/** null: for moto. */
function answered(body: string): { status: number; xml: string } | null {
  const asked = new URLSearchParams(body);
  const [action, user] = [asked.get('Action') ?? '', asked.get('UserName') ?? ''];
  if (forbidden.has(action)) {
    const said = `User is not authorized to perform: iam:${action}`;
    const xml = `<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>${said}</Message></Error></ErrorResponse>`;
    return { status: 403, xml };
  }
  const own = services.get(user) ?? new Map<string, string>();
  if (action === 'ListServiceSpecificCredentials') {
    const members = [...own].map(
      ([id, status]) =>
        `<member><UserName>${user}</UserName><Status>${status}</Status><ServiceUserName>x</ServiceUserName><CreateDate>2026-01-01T00:00:00Z</CreateDate><ServiceSpecificCredentialId>${id}</ServiceSpecificCredentialId><ServiceName>codecommit.amazonaws.com</ServiceName></member>`,
    );
    const inner = `<ServiceSpecificCredentials>${members.join('')}</ServiceSpecificCredentials>`;
    return { status: 200, xml: answerIn(action, inner) };
  }
  if (action !== 'UpdateServiceSpecificCredential') return null;
  own.set(asked.get('ServiceSpecificCredentialId')!, asked.get('Status')!);
  return { status: 200, xml: answerIn(action, '') };
}

/** Whose calls are events, and where moto is. */
export const followed = { arn: '', accessKeyId: '', port: 0 };

const stand: http.RequestListener = (asked, answer) => {
  const chunks: Buffer[] = [];
  asked.on('data', (chunk) => chunks.push(chunk));
  asked.on('end', () => {
    const body = Buffer.concat(chunks);
    if (String(asked.headers['x-amz-target'] ?? '').endsWith('.LookupEvents')) {
      const said = lookUp(body.toString());
      answer.writeHead(said.status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(said.answer));
      return;
    }
    const own = answered(body.toString());
    if (own) {
      answer.writeHead(own.status, { 'content-type': 'text/xml' }).end(own.xml);
      return;
    }
    const key = /Credential=(\w+)/.exec(asked.headers.authorization ?? '')?.[1] ?? '';
    if (key === followed.accessKeyId) note(/Action=(\w+)/.exec(body.toString())?.[1] ?? 'Unknown', key);
    const to = {
      host: '127.0.0.1',
      port: followed.port,
      path: asked.url,
      method: asked.method,
      headers: asked.headers,
    };
    const on = http.request(to, (said) => {
      answer.writeHead(said.statusCode ?? 500, said.headers);
      said.pipe(answer);
    });
    on.on('error', () => answer.writeHead(502).end());
    on.end(body);
  });
};

export async function startStand(): Promise<{ url: string; close(): void }> {
  const front = http.createServer(stand).listen(0, '127.0.0.1');
  await new Promise((resolve) => front.once('listening', resolve));
  return { url: `http://127.0.0.1:${(front.address() as AddressInfo).port}`, close: () => front.close() };
}

export interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** A user who may do what `actions` says, with one key. */
export async function makeUser(
  admin: iam.IAMClient,
  name: string,
  actions: string,
): Promise<{ arn: string; keys: Keys }> {
  const made = await admin.send(
    new iam.CreateUserCommand({ UserName: name, Tags: [{ Key: 'owner', Value: 'Payments' }] }),
  );
  const document = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] };
  await admin.send(
    new iam.PutUserPolicyCommand({ UserName: name, PolicyName: 'own', PolicyDocument: JSON.stringify(document) }),
  );
  const { AccessKey: key } = await admin.send(new iam.CreateAccessKeyCommand({ UserName: name }));
  return { arn: made.User!.Arn!, keys: { accessKeyId: key!.AccessKeyId!, secretAccessKey: key!.SecretAccessKey! } };
}

/** The user that is tried, whose acts the trail tells of. */
export async function makeFollowed(admin: iam.IAMClient): Promise<{ arn: string; keys: Keys }> {
  const user = await makeUser(admin, 'svc-payments', 'iam:ListAccountAliases');
  Object.assign(followed, { arn: user.arn, accessKeyId: user.keys.accessKeyId });
  return user;
}

/** IAM deletes a user only once it has neither keys nor policies. */
export async function removeUser(admin: iam.IAMClient, UserName: string): Promise<void> {
  const { AccessKeyMetadata } = await admin.send(new iam.ListAccessKeysCommand({ UserName }));
  for (const { AccessKeyId } of AccessKeyMetadata!)
    await admin.send(new iam.DeleteAccessKeyCommand({ UserName, AccessKeyId: AccessKeyId! }));
  const { PolicyNames } = await admin.send(new iam.ListUserPoliciesCommand({ UserName }));
  for (const PolicyName of PolicyNames!) await admin.send(new iam.DeleteUserPolicyCommand({ UserName, PolicyName }));
  await admin.send(new iam.DeleteUserCommand({ UserName }));
}

export const trustOf = (...statements: object[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements });
export const allow = (principal: object) => ({ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' });

/** A role of AWS itself, which nobody may end. */
export const makeServiceRole = (admin: iam.IAMClient) =>
  admin.send(
    new iam.CreateRoleCommand({
      RoleName: 'AWSServiceRoleForSupport',
      Path: '/aws-service-role/support.amazonaws.com/',
      AssumeRolePolicyDocument: trustOf(allow({ Service: 'support.amazonaws.com' })),
    }),
  );

/** Whether AWS takes what these keys sign; a refusal for any other reason than their rights is an error. */
export const isLetIn = (client: iam.IAMClient): Promise<boolean> =>
  client.send(new iam.ListAccountAliasesCommand({})).then(
    () => true,
    (error: Error) => {
      if (!/AccessDenied/.test(error.name)) throw error;
      return false;
    },
  );
