import { expect, test } from 'vitest';
import { certificateTrouble } from '@/lib/platform/certificate';

test('every way a certificate is not taken says what to do, and nothing else is taken for one', () => {
  const says = (message: string, code = '') => certificateTrouble(Object.assign(new Error(message), { code }));
  expect(says('self-signed certificate in certificate chain', 'SELF_SIGNED_CERT_IN_CHAIN')).toContain('paste');
  expect(says('unable to verify the first certificate')).toContain('paste');
  expect(says("Hostname/IP does not match certificate's altnames: Host: x")).toContain('another name');
  expect(says('certificate has expired', 'CERT_HAS_EXPIRED')).toContain('renew');
  expect(says('error:0480006C:PEM routines::no start line')).toContain('PEM');
  expect(says('The server does not support SSL connections')).toContain('no TLS');
  for (const other of ['connect ECONNREFUSED 127.0.0.1:1', 'password authentication failed', ''])
    expect(says(other)).toBeNull();
  expect(certificateTrouble(undefined)).toBeNull();
});
