'use client';

import type { LiveHint } from '@/components/shell/live-model';

export type LiveState = 'connecting' | 'connected' | 'reconnecting';

interface Message {
  state?: LiveState;
  hints?: LiveHint[];
  /** The operator session is over: every tab leaves. */
  ended?: true;
  /** A tab that has just come asks the one that leads how it is. */
  ask?: true;
}

interface Listeners {
  onHints: (hints: LiveHint[]) => void;
  onState: (state: LiveState) => void;
  onEnded: () => void;
}

const LOCK = 'braid-live';
/** Two missed heartbeats (one comes every 4 s). */
const SILENT_MS = 10_000;

/** An EventSource doesn't tell why it was refused; whoever is no longer signed in must not be left waiting for it. */
async function refused(): Promise<boolean> {
  const abort = new AbortController();
  try {
    return (await fetch('/api/live', { signal: abort.signal })).status === 401;
  } catch {
    return false;
  } finally {
    abort.abort();
  }
}

/** Opens the stream itself: in the tab that leads, or in every tab where the browser has no locks (plain http). */
function openStream(tell: (message: Message) => void): () => void {
  let source: EventSource | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  const state = (now: LiveState) => tell({ state: now });
  const connect = () => {
    source?.close();
    if (stopped) return;
    source = new EventSource('/api/live');
    listen();
    source.addEventListener('beat', (event) => {
      const { connected } = JSON.parse((event as MessageEvent<string>).data) as { connected: boolean };
      state(connected ? 'connected' : 'reconnecting');
      listen();
    });
    source.addEventListener('hint', (event) => {
      tell({ hints: JSON.parse((event as MessageEvent<string>).data) as LiveHint[] });
      listen();
    });
    source.addEventListener('ended', ended);
    source.onerror = () => {
      state('reconnecting');
      if (source?.readyState !== EventSource.CLOSED) return;
      listen(3_000);
      void refused().then((over) => over && !stopped && ended());
    };
  };
  const ended = () => {
    source?.close();
    clearTimeout(silence);
    tell({ ended: true });
  };
  const listen = (ms = SILENT_MS) => {
    clearTimeout(silence);
    silence = setTimeout(() => {
      state('reconnecting');
      connect();
    }, ms);
  };
  connect();
  return () => {
    stopped = true;
    clearTimeout(silence);
    source?.close();
  };
}

/** One event stream per browser: the visible tab that holds the lock leads and passes on what it hears. Hidden tabs let go. */
export function follow(listeners: Listeners): () => void {
  const channel = new BroadcastChannel(LOCK);
  const hear = (message: Message) => {
    if (message.state) listeners.onState(message.state);
    if (message.hints) listeners.onHints(message.hints);
    if (message.ended) listeners.onEnded();
  };
  let closed = false;
  let told: LiveState | undefined; // only in the tab that leads
  const tell = (message: Message) => {
    if (closed) return;
    told = message.state ?? told;
    hear(message);
    channel.postMessage(message);
  };
  channel.onmessage = (event: MessageEvent<Message>) => {
    if (event.data.ask && told) channel.postMessage({ state: told } satisfies Message);
    if (!document.hidden || event.data.ended) hear(event.data);
  };
  let leave: (() => void) | undefined;
  const lead = () => {
    if (leave || document.hidden) return;
    channel.postMessage({ ask: true } satisfies Message);
    if (!navigator.locks) {
      leave = openStream(hear);
      return;
    }
    const abort = new AbortController();
    let release: () => void = () => undefined;
    let left = false;
    leave = () => {
      left = true;
      abort.abort();
      release();
    };
    navigator.locks
      .request(LOCK, { signal: abort.signal }, () => {
        if (left) return; // granted while leaving: an abort no longer reaches it
        const close = openStream(tell);
        return new Promise<void>((resolve) => {
          release = () => {
            close();
            told = undefined;
            resolve();
          };
        });
      })
      .catch(() => undefined); // aborted while waiting: another tab leads
  };
  const visibility = () => {
    if (!document.hidden) {
      listeners.onHints([{ topic: '*', ids: [] }]); // look again at what changed meanwhile
      return lead();
    }
    leave?.();
    leave = undefined;
  };
  document.addEventListener('visibilitychange', visibility);
  lead();
  return () => {
    document.removeEventListener('visibilitychange', visibility);
    leave?.();
    closed = true;
    channel.close();
  };
}
