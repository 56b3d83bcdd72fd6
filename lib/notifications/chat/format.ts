import { oneLine } from '@/lib/notifications/email/format';
import type { Entry, Message } from '@/lib/notifications/format';

// Slack's Block Kit and Microsoft's Adaptive Cards. Names come from logs: nothing in them is markup or a mention.

/** https://api.slack.com/reference/surfaces/formatting#escaping: the three signs that mean something. */
const slackText = (text: string): string =>
  oneLine(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const cut = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);

const MARK = { critical: '●', high: '●', medium: '◐', low: '○' } as const;

const slackEntry = (entry: Entry): string =>
  `${MARK[entry.severity]} *${entry.severity}* <${entry.url}|${slackText(entry.headline).replaceAll('|', '¦')}>${entry.times > 1 ? ` (×${entry.times})` : ''}\n${slackText(entry.sentence)}`;

const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text: cut(text, 2900) } });

/** A message for a Slack incoming webhook. `text` is what a notification shows. */
export function slackOf(message: Message): object {
  const fields = message.lines.slice(0, 10).map(([label, value]) => ({
    type: 'mrkdwn',
    text: cut(`*${label}*\n${slackText(value)}`, 1900),
  }));
  const button = (text: string, url: string, style?: string) => ({
    type: 'button',
    text: { type: 'plain_text', text },
    url,
    ...(style ? { style } : {}),
  });
  return {
    text: `[${message.severity}] ${slackText(message.headline)}`,
    unfurl_links: false,
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: cut(oneLine(message.headline), 148), emoji: false } },
      section(slackText(message.sentence)),
      ...(fields.length > 0 ? [{ type: 'section', fields }] : []),
      ...message.entries.map((entry) => section(slackEntry(entry))),
      ...(message.more > 0 ? [section(`and ${message.more} more`)] : []),
      {
        type: 'actions',
        elements: [
          button('Open in Braid', message.url, 'primary'),
          ...(message.end ? [button('End it…', message.end.url, 'danger')] : []),
        ],
      },
    ],
  };
}

const COLOUR = { critical: 'attention', high: 'attention', medium: 'warning', low: 'default' } as const;
/** Adaptive Cards read a subset of Markdown in texts. */
const plain = (text: string): string => oneLine(text).replace(/[\\`*_[\]()#~>|]/g, '\\$&');

/** A message for a Teams workflow: one adaptive card. */
export function teamsOf(message: Message): object {
  const block = (text: string, more: object = {}) => ({ type: 'TextBlock', text, wrap: true, ...more });
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          msteams: { width: 'Full' },
          body: [
            block(plain(message.headline), { size: 'Large', weight: 'Bolder' }),
            block(message.severity, { color: COLOUR[message.severity], weight: 'Bolder', spacing: 'None' }),
            block(plain(message.sentence)),
            ...(message.lines.length > 0
              ? [{ type: 'FactSet', facts: message.lines.map(([title, value]) => ({ title, value: plain(value) })) }]
              : []),
            ...message.entries.map((entry) =>
              block(
                `**${entry.severity}** [${plain(entry.headline)}](${entry.url})${entry.times > 1 ? ` (×${entry.times})` : ''}  \n${plain(entry.sentence)}`,
              ),
            ),
            ...(message.more > 0 ? [block(`and ${message.more} more`)] : []),
          ],
          actions: [
            { type: 'Action.OpenUrl', title: 'Open in Braid', url: message.url },
            ...(message.end ? [{ type: 'Action.OpenUrl', title: 'End it…', url: message.end.url }] : []),
          ],
        },
      },
    ],
  };
}
