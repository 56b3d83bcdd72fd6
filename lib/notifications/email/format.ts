import type { Message } from '@/lib/notifications/format';

const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** One line, no control characters: a name from a log must not add headers or break the screen. */
export const oneLine = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();

const TONE = { critical: '#a50f15', high: '#c92a2a', medium: '#9a5b00', low: '#495057' } as const;

export interface Mail {
  subject: string;
  text: string;
  html: string;
}

function textOf(message: Message): string {
  const width = Math.max(0, ...message.lines.map(([label]) => label.length));
  return [
    oneLine(message.sentence),
    '',
    ...message.lines.map(([label, value]) => `${label.padEnd(width)}  ${oneLine(value)}`),
    ...message.entries.flatMap((entry) => [
      '',
      `[${entry.severity}] ${oneLine(entry.headline)}${entry.times > 1 ? ` (told ${entry.times} times)` : ''}`,
      oneLine(entry.sentence),
      entry.url,
    ]),
    ...(message.more > 0 ? ['', `and ${message.more} more`] : []),
    '',
    `See it: ${message.url}`,
    ...(message.end ? [`End it: ${message.end.url}`, `        ${message.end.how}`] : []),
    '',
    '-- ',
    'Sent by Braid. Who is told of what is set under Settings, Notifications.',
  ].join('\n');
}

const link = (url: string, words: string, strong = false): string =>
  `<a href="${escaped(url)}" style="${strong ? 'display:inline-block;padding:8px 14px;border-radius:4px;background:#1f5fae;color:#ffffff;text-decoration:none;font-weight:600' : 'color:#1f5fae'}">${escaped(words)}</a>`;

const row = ([label, value]: [string, string]): string =>
  `<tr><td style="padding:3px 16px 3px 0;color:#5c6570;vertical-align:top;white-space:nowrap">${escaped(label)}</td><td style="padding:3px 0;vertical-align:top">${escaped(oneLine(value))}</td></tr>`;

function htmlOf(message: Message): string {
  const badge = `<span style="display:inline-block;border:1px solid ${TONE[message.severity]};color:${TONE[message.severity]};border-radius:3px;padding:1px 8px;font-size:12px;font-weight:600">${message.severity}</span>`;
  const entries = message.entries.map(
    (entry) =>
      `<li style="margin:0 0 12px"><span style="color:${TONE[entry.severity]};font-weight:600">${entry.severity}</span> ${link(entry.url, oneLine(entry.headline))}${entry.times > 1 ? ` (told ${entry.times} times)` : ''}<br>${escaped(oneLine(entry.sentence))}</li>`,
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(oneLine(message.headline))}</title></head>
<body style="margin:0;background:#f4f5f7;font-family:Inter,Segoe UI,Helvetica,Arial,sans-serif;font-size:14px;line-height:1.5;color:#1c2128">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td style="padding:24px 12px" align="center">
<table role="presentation" width="640" cellpadding="0" cellspacing="0" style="max-width:640px;width:100%;background:#ffffff;border:1px solid #dfe3e8;border-radius:6px"><tr><td style="padding:24px">
${badge}<h1 style="font-size:18px;line-height:1.35;margin:10px 0 8px">${escaped(oneLine(message.headline))}</h1>
<p style="margin:0 0 16px;font-size:15px">${escaped(oneLine(message.sentence))}</p>
${message.lines.length ? `<table role="presentation" cellpadding="0" cellspacing="0" style="font-size:14px;margin:0 0 16px">${message.lines.map(row).join('')}</table>` : ''}
${entries.length ? `<ul style="padding:0 0 0 18px;margin:0 0 16px">${entries.join('')}</ul>` : ''}
${message.more > 0 ? `<p style="margin:0 0 16px">and ${message.more} more</p>` : ''}
<p style="margin:0 0 8px">${link(message.url, 'Open in Braid', true)}</p>
${message.end ? `<p style="margin:12px 0 0">${link(message.end.url, 'End it')}: ${escaped(message.end.how)}</p>` : ''}
</td></tr></table>
<p style="color:#5c6570;font-size:12px;margin:12px 0 0">Sent by Braid. Who is told of what is set under Settings, Notifications.</p>
</td></tr></table></body></html>`;
}

/** A message as e-mail: the same words as text and as HTML that needs no picture and no script. */
export const mailOf = (message: Message): Mail => ({
  subject: `[Braid ${message.severity}] ${oneLine(message.headline)}`.slice(0, 250),
  text: textOf(message),
  html: htmlOf(message),
});
