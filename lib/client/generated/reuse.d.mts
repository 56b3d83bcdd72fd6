// Made by lib/client/build.mjs from the sources beside this folder.
import type { Decision, Json } from './model.mjs';
/** Allows that may still be acted on. Bounded: the oldest goes first. Time counts from before the question was sent. */
export declare class Reuse {
    #private;
    /** The answer that is still usable, or the one to `asked`. */
    or(body: Json, asked: () => Promise<Decision>): Promise<Decision>;
}
