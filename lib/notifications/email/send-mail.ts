import nodemailer from 'nodemailer';
import { mailOf } from '@/lib/notifications/email/format';
import { messageOf } from '@/lib/notifications/format';
import type { ConfigOf, SecretsOf } from '@/lib/notifications/kinds-model';
import type { Parcel } from '@/lib/notifications/parcel-model';
import type { Outcome } from '@/lib/notifications/state';
import { BraidError } from '@/lib/platform/errors';
import { addressesOf } from '@/lib/platform/outbound';

const TIMEOUT_MS = 10_000;

/**
 * Hands one mail to the server. 4yz and what can't be reached is tried again for the whole channel; 5yz to a recipient or the
 * content is this mail's alone. The Message-ID is the delivery's: sent again, it is the same mail.
 */
export async function sendMail(
  config: ConfigOf<'email'>,
  secrets: SecretsOf<'email'>,
  parcel: Parcel,
): Promise<Outcome> {
  const [at] = await addressesOf(config.host, config.ownNetwork);
  const transport = nodemailer.createTransport({
    host: at!.address,
    port: config.port,
    secure: config.security === 'tls',
    requireTLS: config.security === 'starttls',
    ignoreTLS: config.security === 'none',
    name: new URL(parcel.base).hostname,
    tls: { servername: config.host, ...(config.ca ? { ca: config.ca } : {}) },
    ...(config.user ? { auth: { user: config.user, pass: secrets.password } } : {}),
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const mail = mailOf(messageOf(parcel.notices, parcel.base));
  try {
    const sent = await transport.sendMail({
      ...mail,
      from: config.from,
      to: parcel.recipient ?? config.to,
      messageId: `<${parcel.id}@${new URL(parcel.base).hostname}>`,
      date: new Date(parcel.at),
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    });
    return { result: 'taken', answer: sent.response.slice(0, 500) };
  } catch (error) {
    return failed(error as Error & { responseCode?: number; code?: string; command?: string });
  } finally {
    transport.close();
  }
}

function failed(error: Error & { responseCode?: number; code?: string; command?: string }): Outcome {
  if (error instanceof BraidError) throw error;
  const own = (error.responseCode ?? 0) >= 500 && /^(RCPT TO|DATA|MAIL FROM)$/.test(error.command ?? '');
  return { result: own ? 'refused' : 'down', answer: error.message.slice(0, 500) };
}
