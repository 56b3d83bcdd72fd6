// Made by lib/client/build.mjs from the sources beside this folder.
import type { Json } from './model.mjs';
/** One spending out of an allotment, as it is reported. */
export interface Spend {
    ref: string;
    at: string;
    /** Major units, as decimal text. */
    amount: string;
}
interface Kept {
    token: string;
    spends: Spend[];
}
/** An allotment that can't be believed: forged, of another decision point, or unreadable. */
export declare class NotBelieved extends Error {
    constructor(message: string);
}
/**
 * A share of a limit that is spent without asking: verified once against the decision point's keys, then kept as a ledger of
 * its own. Refuses whatever would go beyond it, after its end, or for anything but what it was given for. Keep `toJSON()`
 * after every spend: what is lost is taken as spent.
 */
export declare class Allotment {
    #private;
    private constructor();
    /** Opens one that was given, or that was kept. Throws `NotBelieved`. `keys` = the decision point's JWK Set; `issuer` = its URL. */
    static open(given: string | Kept, trusted: {
        keys: Json[];
        issuer: string;
    }): Promise<Allotment>;
    get id(): string;
    get unit(): string;
    get expiresAt(): string;
    /** What is left, in major units. */
    get remaining(): string;
    get spends(): Spend[];
    /**
     * Spends out of it, or not at all: true when it may go ahead. The same `ref` twice is the same spending. `what`: checked
     * against what it was given for.
     */
    spend(ref: string, amount: number | string, what?: {
        subject?: {
            id: string;
        };
        action?: {
            name: string;
        };
        resource?: {
            id: string;
        };
    }): boolean;
    /** To keep and to open again: `Allotment.open(JSON.parse(text), …)`. */
    toJSON(): Kept;
}
export {};
