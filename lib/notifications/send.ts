import type { Settings } from '@/lib/notifications/channel';
import { slackOf, teamsOf } from '@/lib/notifications/chat/format';
import { sendMail } from '@/lib/notifications/email/send-mail';
import { messageOf } from '@/lib/notifications/format';
import { eventsOf } from '@/lib/notifications/pagerduty/format';
import type { Parcel } from '@/lib/notifications/parcel-model';
import { post } from '@/lib/notifications/post';
import type { Outcome } from '@/lib/notifications/state';
import { sendSyslog } from '@/lib/notifications/syslog/send-syslog';
import { payloadOf, signed } from '@/lib/notifications/webhook/format';
import { clock } from '@/lib/platform/clock';
import { toBraidError } from '@/lib/platform/errors';

/** Sends it once and says what the receiver made of it. Never throws: what fails is an outcome. */
export async function send(settings: Settings, parcel: Parcel): Promise<Outcome> {
  try {
    return await dispatch(settings, parcel);
  } catch (error) {
    const known = toBraidError(error);
    const said = known.code === 'internal' && error instanceof Error ? error.message : known.publicMessage;
    return { result: 'down', answer: said.slice(0, 2000) };
  }
}

function dispatch(settings: Settings, parcel: Parcel): Promise<Outcome> {
  const { notices, base } = parcel;
  const { kind, config, secrets } = settings;
  if (kind === 'email') return sendMail(config, secrets, parcel);
  if (kind === 'syslog') return sendSyslog(config, parcel);
  if (kind === 'webhook') {
    const body = JSON.stringify(payloadOf(notices, base, parcel.at, parcel.test));
    const headers = signed(parcel.id, clock.ms(), body, secrets.signingSecret);
    return post(
      config.url,
      body,
      config,
      secrets.authorization ? { ...headers, authorization: secrets.authorization } : headers,
    );
  }
  if (kind === 'pagerduty') return page(settings, parcel);
  const message = messageOf(notices, base);
  return post(secrets.url, JSON.stringify(kind === 'slack' ? slackOf(message) : teamsOf(message)), config);
}

/** Every event carries its own key, so what was taken before a failure may be sent again. */
async function page({ config, secrets }: Settings & { kind: 'pagerduty' }, parcel: Parcel): Promise<Outcome> {
  let last: Outcome = { result: 'taken', answer: 'nothing to say' };
  for (const event of eventsOf(parcel.notices, parcel.base, parcel.id)) {
    last = await post(config.url, JSON.stringify({ routing_key: secrets.routingKey, ...event }), config);
    if (last.result !== 'taken') return last;
  }
  return last;
}
