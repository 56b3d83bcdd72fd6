// Logs made for the measurement: the same for the same size, written line by line.
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';

export type Kind = 'pgbouncer' | 'cloudtrail';

const FROM = Date.UTC(2024, 0, 1);

/** 20 roles, a connection every 10 ms that lasts up to 20 s: about a thousand open at any time. Half of the lines open. */
function* pool(lines: number, from = FROM): Generator<string> {
  const closing: { at: number; text: string }[][] = Array.from({ length: 2_100 }, () => []);
  const stamp = (at: number): string => {
    const iso = new Date(from + at).toISOString();
    return `${iso.slice(0, 10)} ${iso.slice(11, 23)} UTC [1] LOG`;
  };
  for (let n = 0, made = 0; made < lines; n++) {
    const slot = closing[n % closing.length]!;
    for (const { at, text } of slot.splice(0)) {
      yield `${stamp(at)} ${text}`;
      made += 1;
    }
    const who = `C-0x${(n % 4000).toString(16)}: app/role_${n % 20}@10.0.${n % 7}.${n % 250}:${10_000 + (n % 50_000)}`;
    const at = n * 10;
    yield `${stamp(at)} ${who} login attempt: db=app user=role_${n % 20} tls=no`;
    made += 1;
    const lasts = (n * 7919) % 20_000;
    closing[(n + Math.ceil((lasts + 1) / 10)) % closing.length]!.push({
      at: (n + Math.ceil((lasts + 1) / 10)) * 10,
      text: `${who} closing because: client close request (age=${Math.round(lasts / 1000)}s)`,
    });
  }
}

const CALLS = [
  'GetObject',
  'PutObject',
  'ListBuckets',
  'DescribeInstances',
  'Decrypt',
  'GetSecretValue',
  'AssumeRole',
  'RunInstances',
];

/** 200 roles whose sessions make 40 calls each; records of 1.3 kB, as CloudTrail delivers them. */
function* trail(lines: number, from = FROM): Generator<string> {
  for (let n = 0; n < lines; n++) {
    const session = Math.floor(n / 4000) * 100 + (n % 100);
    const role = session % 200;
    const at = new Date(from + n * 50).toISOString().replace(/\.\d+/, '');
    const created = new Date(from + Math.floor(n / 4000) * 200_000).toISOString().replace(/\.\d+/, '');
    const call = CALLS[n % CALLS.length]!;
    const arn = `arn:aws:iam::111122223333:role/worker-${role}`;
    yield JSON.stringify({
      eventVersion: '1.09',
      userIdentity: {
        type: 'AssumedRole',
        principalId: `AROAEXAMPLE${role}:job-${session}`,
        arn: `arn:aws:sts::111122223333:assumed-role/worker-${role}/job-${session}`,
        accountId: '111122223333',
        accessKeyId: `ASIAEXAMPLE${String(session).padStart(9, '0')}`,
        sessionContext: {
          sessionIssuer: {
            type: 'Role',
            principalId: `AROAEXAMPLE${role}`,
            arn,
            accountId: '111122223333',
            userName: `worker-${role}`,
          },
          attributes: { creationDate: created, mfaAuthenticated: 'false' },
        },
      },
      eventTime: at,
      eventSource: 's3.amazonaws.com',
      eventName: call,
      awsRegion: 'eu-central-1',
      sourceIPAddress: `203.0.113.${role % 250}`,
      userAgent: 'aws-sdk-go-v2/1.30.3 os/linux lang/go#1.22.5 md/GOOS#linux md/GOARCH#amd64 api/s3#1.58.2',
      requestParameters: {
        bucketName: `bucket-${n % 50}`,
        Host: `bucket-${n % 50}.s3.eu-central-1.amazonaws.com`,
        key: `in/${n}.json`,
      },
      responseElements: null,
      additionalEventData: {
        SignatureVersion: 'SigV4',
        CipherSuite: 'TLS_AES_128_GCM_SHA256',
        bytesTransferredIn: 0,
        bytesTransferredOut: 1024,
      },
      requestID: `REQ${String(n).padStart(13, '0')}`,
      eventID: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
      readOnly: n % 3 !== 0,
      resources: [
        { type: 'AWS::S3::Object', ARN: `arn:aws:s3:::bucket-${n % 50}/in/${n}.json` },
        { accountId: '111122223333', type: 'AWS::S3::Bucket', ARN: `arn:aws:s3:::bucket-${n % 50}` },
      ],
      eventType: 'AwsApiCall',
      managementEvent: false,
      recipientAccountId: '111122223333',
      eventCategory: 'Data',
      tlsDetails: {
        tlsVersion: 'TLSv1.3',
        cipherSuite: 'TLS_AES_128_GCM_SHA256',
        clientProvidedHostHeader: 's3.eu-central-1.amazonaws.com',
      },
    });
  }
}

/** Writes records as CloudTrail delivers them, one a line, until the file has this many bytes. Returns how many. */
export async function writeLarge(bytes: number, file: string): Promise<number> {
  const out = createWriteStream(file, { highWaterMark: 4_000_000 });
  let [lines, written, some] = [0, 0, ''];
  for (const line of trail(Number.POSITIVE_INFINITY)) {
    some += `${line}\n`;
    lines += 1;
    if (some.length < 1_000_000) continue;
    written += some.length;
    if (!out.write(some)) await new Promise<void>((resolve) => out.once('drain', () => resolve()));
    some = '';
    if (written >= bytes) break;
  }
  out.end();
  await finished(out);
  return lines;
}

/** Writes a log, and the same lines as CSV for COPY; `later`: all of it so much later, ms. */
export async function writeLog(kind: Kind, lines: number, file: string, csv: string, later = 0): Promise<void> {
  const out = createWriteStream(file);
  const copy = createWriteStream(csv, { mode: 0o644 });
  for (const line of kind === 'pgbouncer' ? pool(lines, FROM + later) : trail(lines, FROM + later)) {
    const json = kind === 'pgbouncer' ? JSON.stringify(line) : line;
    copy.write(`"${json.replaceAll('"', '""')}"\n`);
    if (!out.write(`${line}\n`)) await new Promise<void>((resolve) => out.once('drain', () => resolve()));
  }
  out.end();
  copy.end();
  await Promise.all([finished(out), finished(copy)]);
}
