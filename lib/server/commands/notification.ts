import type { Command } from 'commander';
import { routeText } from '@/lib/notifications/format';
import { listChannels } from '@/lib/notifications/list-channels';
import { listDeliveries } from '@/lib/notifications/list-deliveries';
import type { ChannelRow } from '@/lib/notifications/model';
import { testChannel } from '@/lib/notifications/test-channel';
import { BraidError } from '@/lib/platform/errors';
import { onDatabase, print, table } from '@/lib/server/commands/run';

const short = (row: ChannelRow) => ({
  id: row.id,
  name: row.name,
  kind: row.kind,
  target: row.target,
  state: row.state === 'enabled' ? row.health : 'disabled',
  delivered: row.lastDeliveredAt,
  waiting: row.waiting,
  'given up': row.dead,
  told: row.routes.map((route) => routeText(route.match, route.digestSecs)).join('; ') || 'nothing',
});

export function notificationCommands(program: Command): void {
  const notification = program.command('notification').description('who is told of what');
  notification
    .command('list')
    .description('channels, how their receivers answer, what waits for them and what they are told of')
    .option('--messages', 'the latest messages with their tries instead', false)
    .option('--json', 'print the result as JSON', false)
    .action((options: { messages: boolean; json: boolean }) =>
      onDatabase(options.json, async (ctx) => {
        if (options.messages) {
          const { items } = await listDeliveries(ctx, { limit: 200 });
          const rows = items.map(({ id, channelName, state, attempts, nextTryAt, lastAnswer, title }) => ({
            id,
            channel: channelName,
            state,
            tries: attempts,
            next: nextTryAt,
            title,
            answer: lastAnswer,
          }));
          return print(options.json ? { items } : table(rows, 'no message yet'));
        }
        const found = await listChannels(ctx);
        print(options.json ? found : table(found.items.map(short), 'nobody is told of anything: there is no channel'));
      }),
    );
  notification
    .command('test')
    .description('send one real message to a channel and say what its receiver answered')
    .argument('<channel>', 'its name or id, as "braid notification list" says')
    .option('--json', 'print the result as JSON', false)
    .action((channel: string, options: { json: boolean }) =>
      onDatabase(options.json, async (ctx) => {
        const { items } = await listChannels(ctx);
        const found = items.find((row) => row.id === channel || row.name === channel);
        if (!found) throw new BraidError('not_found', `There is no channel called ${channel}.`);
        const tested = await testChannel(ctx, { id: found.id });
        const said = `${tested.ok ? 'taken' : 'not taken'} after ${tested.millis} ms: ${tested.answer}`;
        print(options.json ? tested : said);
        if (!tested.ok) process.exitCode = 1;
      }),
    );
}
