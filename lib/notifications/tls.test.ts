import { expect, test } from 'vitest';
import { testDatabase } from '@/lib/db/testing';
import { testChannel } from '@/lib/notifications/test-channel';
import { admin, channel } from '@/lib/notifications/testing-notices';
import { CERT, startTlsMailbox, tlsCollector } from '@/lib/notifications/testing-tls';

testDatabase();

test('syslog over TLS reaches a collector whose certificate is trusted, and no other', async () => {
  const collector = await tlsCollector();
  const values = { host: 'localhost', port: String(collector.port), transport: 'tls' };
  const trusted = await channel('syslog', 'siem', { ...values, ca: CERT });
  expect(await testChannel(admin, { id: trusted.id })).toMatchObject({ ok: true });
  await expect.poll(() => collector.got.length).toBe(1);
  expect(collector.got[0]).toMatch(/^\d+ <\d+>1 /);
  const other = await channel('syslog', 'unknown', values);
  const refused = await testChannel(admin, { id: other.id });
  expect(refused.ok).toBe(false);
  expect(refused.answer).toMatch(/certificate|self.signed/i);
  expect(collector.got).toHaveLength(1);
  collector.close();
});

test('a mail goes out only once the line is secured by STARTTLS, to a server whose certificate is trusted', async () => {
  const mailbox = await startTlsMailbox();
  const values = {
    host: 'localhost',
    port: String(mailbox.port),
    from: 'Braid <braid@example.com>',
    to: 'ada@example.com',
    security: 'starttls',
  };
  const trusted = await channel('email', 'mail', { ...values, ca: CERT });
  expect(await testChannel(admin, { id: trusted.id })).toMatchObject({ ok: true });
  expect(mailbox.got).toMatchObject([
    { secured: true, data: expect.stringContaining('Auto-Submitted: auto-generated') },
  ]);
  const other = await channel('email', 'stranger', values);
  expect(await testChannel(admin, { id: other.id })).toMatchObject({ ok: false });
  const open = await channel('email', 'open', { ...values, security: 'none' });
  expect(await testChannel(admin, { id: open.id })).toMatchObject({ ok: false });
  expect(mailbox.got).toHaveLength(1);
  mailbox.close();
});
