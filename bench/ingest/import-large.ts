// The process that reads the large log: started with a bound on its memory, it tells its parent how much it takes.
import { systemCtx } from '@/lib/access/model';
import { connectDatabase, disconnectDatabase } from '@/lib/db/client';
import { importSource } from '@/lib/sessions/import';

const [url, log] = process.argv.slice(2);
connectDatabase(url!);
let done = 0;
let most = 0;
const say = (message: Record<string, number>) => process.send!(message);
const sample = setInterval(() => {
  const { rss, heapUsed } = process.memoryUsage();
  most = Math.max(most, rss);
  say({ done, rss, heapUsed });
}, 100);
const { events, rejectedTotal } = await importSource(systemCtx('bench'), {
  format: 'cloudtrail',
  paths: [log!],
  onProgress: ({ bytesDone, bytesTotal }) => {
    done = bytesDone / bytesTotal;
  },
});
clearInterval(sample);
say({ events, rejectedTotal, most });
await disconnectDatabase();
process.disconnect();
