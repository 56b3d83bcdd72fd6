import pg from 'pg';
import { findOperatorSession } from '@/lib/access/find-operator-session';
import { databaseUrl } from '@/lib/db/client';
import { HINT_CHANNEL, type Hint } from '@/lib/db/hint';
import { log } from '@/lib/platform/log';

interface Watcher {
  send: (event: string, data: unknown) => void;
  /** Reads the operator session's row again and ends the stream when it has ended. */
  look: () => Promise<void>;
}

interface Listener {
  watchers: Set<Watcher>;
  pending: Map<string, Set<string>>;
  /** null: the first connection is still being made. */
  connected: boolean | null;
  started: boolean;
  /** When hints last went out, by the process's own clock. */
  flushedMs: number;
}

const HEARTBEAT_MS = 4_000;
const RETRY_MS = 1_000;
/** Hints go out at most this often, those that came meanwhile as one event. */
const COALESCE_MS = 100;
const IDS_MAX = 50;
const WATCHERS_MAX = 2_000;

// On globalThis because Next loads a module once per bundle, and each copy would hold its own connection.
const held = globalThis as typeof globalThis & { __braidLive?: Listener };

function listener(): Listener {
  held.__braidLive ??= { watchers: new Set(), pending: new Map(), connected: null, started: false, flushedMs: 0 };
  if (!held.__braidLive.started) {
    held.__braidLive.started = true;
    connect(held.__braidLive);
  }
  return held.__braidLive;
}

const broadcast = (live: Listener, event: string, data: unknown) => {
  for (const watcher of live.watchers) watcher.send(event, data);
};

/** At once, not with the next heartbeat: a page that has just come would say for seconds that it is lost. */
const tellState = (live: Listener): void => {
  if (live.connected !== null) broadcast(live, 'beat', { connected: live.connected });
};

function urlIfAny(): string | undefined {
  try {
    return databaseUrl();
  } catch {
    return undefined; // the process is letting go of its database
  }
}

/** One connection per process. Lost notifications are made good by telling every browser to look again on reconnect. */
function connect(live: Listener): void {
  const again = () => setTimeout(() => connect(live), RETRY_MS).unref();
  const url = urlIfAny();
  if (!url) return void again();
  const client = new pg.Client({
    connectionString: url,
    application_name: 'braid live',
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
  });
  let over = false;
  const lost = (error?: Error) => {
    if (over) return;
    over = true;
    const news = live.connected !== false;
    live.connected = false;
    if (news) tellState(live);
    if (error) log.warn({ error: error.message }, 'live connection lost');
    client.removeAllListeners('notification');
    client.end().catch(() => undefined);
    again();
  };
  client.on('error', lost);
  client.on('end', () => lost());
  client.on('notification', (message) => gather(live, message.payload ?? ''));
  client
    .connect()
    .then(() => client.query(`listen ${HINT_CHANNEL}`))
    .then(() => {
      live.connected = true;
      tellState(live);
      broadcast(live, 'hint', [{ topic: '*', ids: [] }]);
    })
    .catch(lost);
}

function gather(live: Listener, payload: string): void {
  let hint: Hint;
  try {
    hint = JSON.parse(payload) as Hint;
  } catch {
    return;
  }
  // The first after a pause goes out at once.
  if (live.pending.size === 0) {
    const rest = live.flushedMs + COALESCE_MS - performance.now();
    setTimeout(() => flush(live), Math.max(0, rest)).unref();
  }
  const ids = live.pending.get(hint.topic);
  if (!ids) live.pending.set(hint.topic, new Set(hint.ids.length ? hint.ids : ['*']));
  else for (const id of hint.ids.length ? hint.ids : ['*']) ids.add(id);
}

function flush(live: Listener): void {
  live.flushedMs = performance.now();
  const hints: Hint[] = [...live.pending].map(([topic, ids]) => ({
    topic,
    ids: ids.has('*') || ids.size > IDS_MAX ? [] : [...ids],
  }));
  live.pending.clear();
  broadcast(live, 'hint', hints);
  // Who was disabled or signed out is shown out at once, not with the next heartbeat.
  if (hints.some((hint) => hint.topic === 'operator')) for (const watcher of live.watchers) void watcher.look();
}

/**
 * The event stream of one browser: `hint` events with `[{topic, ids}]`, and a heartbeat every 4 s. With each,
 * and whenever an operator changed, the operator session's row is read again: the stream ends when it has ended. Nothing that must be true depends on an event arriving.
 */
export function liveResponse(sessionId: string, signal: AbortSignal): Response {
  const live = listener();
  if (live.watchers.size >= WATCHERS_MAX) return new Response(null, { status: 503, headers: { 'Retry-After': '10' } });
  let stop: () => void = () => undefined;
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      const encoder = new TextEncoder();
      const send: Watcher['send'] = (event, data) => {
        if ((controller.desiredSize ?? 0) < -1_000) return stop(); // a browser that does not read is let go
        controller.enqueue(encoder.encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
      };
      const tell = () => {
        if (live.connected !== null) send('beat', { connected: live.connected });
      };
      const look = async () => {
        const ctx = await findOperatorSession(sessionId).catch(() => null); // null: the database is away, look again
        if (ctx !== undefined || !live.watchers.has(watcher)) return;
        send('ended', {});
        stop();
      };
      const watcher: Watcher = { send, look };
      const beat = () => look().then(() => live.watchers.has(watcher) && tell());
      const timer = setInterval(() => void beat().catch(stop), HEARTBEAT_MS);
      stop = () => {
        clearInterval(timer);
        if (!live.watchers.delete(watcher)) return;
        try {
          controller.close();
        } catch {
          // already closed by the browser
        }
      };
      live.watchers.add(watcher);
      signal.addEventListener('abort', stop, { once: true });
      controller.enqueue(encoder.encode('retry: 2000\n\n'));
      tell();
      send('hint', [{ topic: '*', ids: [] }]); // look again: something may have changed since the page was painted
    },
    cancel: () => stop(),
  });
  return new Response(stream, {
    headers: {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store, no-transform',
      'X-Accel-Buffering': 'no',
    },
  });
}
