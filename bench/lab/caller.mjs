// A load generator in a process of its own: a closed loop over raw keep-alive sockets that costs as little of the machine
// as JavaScript can. It reads every answer and counts only those that are a decision. Plain JavaScript, so that nothing
// compiles it. Started by caller.ts; one message in, one message out per run.
import net from 'node:net';

const READ_BYTES = 16_384;

/**
 * @param {{ports: number[], connections: number, seconds: number, requests: string[], keyed: boolean}} job
 *   `requests` are whole HTTP requests, asked in turn; with `keyed`, each `#KEY#` becomes an id that never comes twice.
 */
function run({ ports, connections, seconds, requests, keyed }) {
  const ready = requests.map((text) => Buffer.from(text, 'latin1'));
  const stamp = `${process.pid}-${process.hrtime.bigint()}`;
  let latencies = new Float64Array(1 << 20);
  let answers = 0;
  let allowed = 0;
  let refused = 0;
  let n = 0;
  const began = performance.now();
  const until = began + seconds * 1000;
  const next = () => {
    const turn = n++;
    if (!keyed) return ready[turn % ready.length];
    return Buffer.from(requests[turn % requests.length].replace('#KEY#', `${stamp}-${turn}`), 'latin1');
  };
  const caller = (index) =>
    new Promise((resolve, reject) => {
      let sentMs = 0;
      let kept = '';
      const ask = (socket) => {
        const now = performance.now();
        if (now >= until) {
          socket.end();
          return resolve();
        }
        sentMs = now;
        socket.write(next());
      };
      const heard = (text, socket) => {
        kept = kept === '' ? text : kept + text;
        const end = kept.indexOf('\r\n\r\n');
        if (end < 0) return;
        const length = /content-length: *(\d+)/i.exec(kept)?.[1];
        if (length === undefined) return reject(new Error(`an answer without a length: ${kept.slice(0, 200)}`));
        const whole = end + 4 + Number(length);
        if (kept.length < whole) return;
        if (kept.startsWith('200', 9)) {
          if (kept.includes('"decision":true', end)) allowed++;
          else if (!kept.includes('"decision":false', end))
            return reject(new Error(`no decision: ${kept.slice(0, 300)}`));
          if (answers === latencies.length) {
            const longer = new Float64Array(latencies.length * 2);
            longer.set(latencies);
            latencies = longer;
          }
          latencies[answers++] = performance.now() - sentMs;
        } else if (kept.startsWith('503', 9) || kept.startsWith('429', 9)) refused++;
        else return reject(new Error(kept.slice(0, 300)));
        kept = kept.slice(whole);
        ask(socket);
      };
      const socket = net.connect({
        port: ports[index % ports.length],
        host: '127.0.0.1',
        noDelay: true,
        onread: {
          buffer: Buffer.allocUnsafe(READ_BYTES),
          callback: (size, bytes) => {
            heard(bytes.latin1Slice(0, size), socket);
            return true;
          },
        },
      });
      socket.on('connect', () => ask(socket)).on('error', reject);
      socket.on('close', () => reject(new Error('the connection was closed')));
    });
  return Promise.all(Array.from({ length: connections }, (_, index) => caller(index))).then(() => {
    const took = (performance.now() - began) / 1000;
    const sorted = latencies.subarray(0, answers).sort();
    const at = (part) => sorted[Math.min(answers - 1, Math.floor(answers * part))] ?? 0;
    return { perSecond: answers / took, p50: at(0.5), p99: at(0.99), answers, allowed, refused };
  });
}

process.on('message', (job) => {
  run(job).then(
    (result) => process.send({ result }),
    (error) => process.send({ error: error.message }),
  );
});
process.on('disconnect', () => process.exit(0));
process.send('ready');
