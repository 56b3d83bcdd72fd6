import type { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { STSClient } from '@aws-sdk/client-sts';
import type { Config, Secrets } from '@/lib/connectors/aws/manifest';
import { BraidError } from '@/lib/platform/errors';
import { agentsFor, reachable } from '@/lib/platform/outbound';

export interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  expiration?: Date;
}

export interface Client {
  iam: IAMClient;
  sts: STSClient;
  trail: CloudTrailClient;
  iamSdk: typeof import('@aws-sdk/client-iam');
  stsSdk: typeof import('@aws-sdk/client-sts');
  trailSdk: typeof import('@aws-sdk/client-cloudtrail');
  /** An IAM client with somebody else's key. */
  iamAs(keys: Keys): IAMClient;
  stsAs(keys: Keys): STSClient;
  /** Runs one call; what the SDK throws becomes a BraidError, `NoSuchEntity` null. */
  ask<T>(what: string, call: () => Promise<T>): Promise<T | null>;
  close(): void;
}

const TIMEOUT_MS = 10_000;
const RETRY_AFTER_MS = 10_000;

interface Thrown {
  name?: string;
  message?: string;
  code?: string;
  $metadata?: { httpStatusCode?: number };
}

const LIMITED =
  /^(?:Throttling(?:Exception)?|TooManyRequestsException|RequestLimitExceeded|RequestThrottled(?:Exception)?)$/;
const CHANGING =
  /^(?:ConcurrentModification(?:Exception)?|EntityTemporarilyUnmodifiable(?:Exception)?|ServiceFailure(?:Exception)?)$/;

/** What AWS refused, as something a person can act on. */
export function explain(error: unknown, what: string): BraidError {
  if (error instanceof BraidError) return error;
  const { name = '', message = '', code = '', $metadata } = error as Thrown;
  const status = $metadata?.httpStatusCode;
  const said = `AWS, ${what}: ${(message || code || name).slice(0, 400)}`;
  if (LIMITED.test(name))
    return new BraidError('connector.limited', `AWS asks to be called less often (${what}).`, {
      detail: { retryAfterMs: RETRY_AFTER_MS },
      cause: error,
    });
  const answered = status !== undefined && status < 500 && !CHANGING.test(name);
  return new BraidError(answered ? 'connector.refused' : 'connector.unreachable', said, { cause: error });
}

export const isMissing = (error: unknown): boolean => /^NoSuchEntity/.test((error as Thrown).name ?? '');

/** Is this how AWS says that a credential is not, or no longer, let in? Anything else says nothing about it. */
export const isShutOut = (error: unknown): boolean =>
  /^(?:AccessDenied(?:Exception)?|InvalidClientTokenId|UnrecognizedClientException|ExpiredToken(?:Exception)?|SignatureDoesNotMatch|InvalidAccessKeyId)$/.test(
    (error as Thrown).name ?? '',
  );

/** Clients for one account: addresses are checked as they are connected to, and calls have an end. */
export async function openClient(config: Config, secrets: Secrets): Promise<Client> {
  const [iamSdk, stsSdk, trailSdk, { NodeHttpHandler }] = await Promise.all([
    import('@aws-sdk/client-iam'),
    import('@aws-sdk/client-sts'),
    import('@aws-sdk/client-cloudtrail'),
    import('@smithy/node-http-handler'),
  ]);
  if (config.endpoint) reachable(config.endpoint, config);
  const agents = agentsFor({ ownNetwork: config.ownNetwork });
  const base = {
    region: config.region,
    maxAttempts: 2,
    ...(config.endpoint ? { endpoint: config.endpoint } : {}),
    requestHandler: new NodeHttpHandler({
      httpAgent: agents.http,
      httpsAgent: agents.https,
      connectionTimeout: TIMEOUT_MS,
      requestTimeout: TIMEOUT_MS,
      throwOnRequestTimeout: true,
    }),
  };
  const key: Keys = { accessKeyId: secrets.accessKeyId, secretAccessKey: secrets.secretAccessKey };
  const first = new stsSdk.STSClient({ ...base, credentials: key });
  const takeOn = async (): Promise<Keys> => {
    const answer = await first.send(
      new stsSdk.AssumeRoleCommand({
        RoleArn: config.roleArn,
        RoleSessionName: 'braid',
        ...(config.externalId ? { ExternalId: config.externalId } : {}),
      }),
    );
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.Credentials ?? {};
    if (!AccessKeyId || !SecretAccessKey)
      throw new BraidError('connector.refused', 'AWS answered without credentials.');
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      ...(SessionToken ? { sessionToken: SessionToken } : {}),
      ...(Expiration ? { expiration: Expiration } : {}),
    };
  };
  const credentials = config.roleArn ? takeOn : key;
  const iam = new iamSdk.IAMClient({ ...base, credentials });
  const sts = new stsSdk.STSClient({ ...base, credentials });
  const trail = new trailSdk.CloudTrailClient({ ...base, credentials });
  return {
    iam,
    sts,
    trail,
    iamSdk,
    stsSdk,
    trailSdk,
    iamAs: (keys) => new iamSdk.IAMClient({ ...base, credentials: keys }),
    stsAs: (keys) => new stsSdk.STSClient({ ...base, credentials: keys }),
    async ask(what, call) {
      try {
        return await call();
      } catch (error) {
        if (isMissing(error)) return null;
        throw explain(error, what);
      }
    },
    close() {
      for (const one of [first, iam, sts, trail]) one.destroy();
    },
  };
}
