// Made by lib/client/build.mjs from the sources beside this folder.
import type { BraidOptions, Json } from './model.mjs';
export interface Sent {
    method?: 'GET' | 'POST';
    body?: unknown;
    requestId?: string;
    headers?: Record<string, string>;
    signal?: AbortSignal;
}
/** What asking again may mend. */
export declare const RETRIED: ReadonlySet<number>;
/** Sends, waits, and sends again. */
export declare class Transport {
    #private;
    constructor(options: BraidOptions);
    /** Sends once, and again with the same request id while asking again can help. */
    send(path: string, sent: Sent): Promise<Json>;
}
