// Made by lib/client/build.mjs from the sources beside this folder.
const TYPE = 'braid-allotment+jwt';
/** Clocks differ: nothing is spent in the last seconds before an allotment ends. */
const SKEW_MS = 5_000;
/** An allotment that can't be believed: forged, of another decision point, or unreadable. */
export class NotBelieved extends Error {
    constructor(message) {
        super(message);
        this.name = 'NotBelieved';
    }
}
const nowMs = () => globalThis.performance.timeOrigin + globalThis.performance.now();
function bytesOf(text) {
    const binary = globalThis.atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}
const jsonOf = (part) => JSON.parse(new TextDecoder().decode(bytesOf(part)));
/** Decimal text in minor units; null when it is no amount, or finer than `scale`. */
function minorOf(amount, scale) {
    const found = /^(\d{1,15})(?:\.(\d{1,9}))?$/.exec(String(amount));
    const fraction = (found?.[2] ?? '').replace(/0+$/, '');
    return found && fraction.length <= scale ? BigInt(found[1] + fraction.padEnd(scale, '0')) : null;
}
function majorOf(minor, scale) {
    const digits = minor.toString().padStart(scale + 1, '0');
    return scale ? `${digits.slice(0, -scale)}.${digits.slice(-scale)}` : digits;
}
/**
 * A share of a limit that is spent without asking: verified once against the decision point's keys, then kept as a ledger of
 * its own. Refuses whatever would go beyond it, after its end, or for anything but what it was given for. Keep `toJSON()`
 * after every spend: what is lost is taken as spent.
 */
export class Allotment {
    #claims;
    #token;
    #spends;
    #spent;
    constructor(token, claims, spends) {
        this.#token = token;
        this.#claims = claims;
        this.#spends = new Map(spends.map((one) => [one.ref, one]));
        this.#spent = [...this.#spends.values()].reduce((sum, one) => sum + (minorOf(one.amount, claims.allotment.scale) ?? 0n), 0n);
    }
    /** Opens one that was given, or that was kept. Throws `NotBelieved`. `keys` = the decision point's JWK Set; `issuer` = its URL. */
    static async open(given, trusted) {
        const kept = typeof given === 'string' ? { token: given, spends: [] } : given;
        const [head, body, signature, ...rest] = kept.token.split('.');
        if (!head || !body || !signature || rest.length)
            throw new NotBelieved('This is no allotment.');
        let header;
        let claims;
        try {
            header = jsonOf(head);
            claims = jsonOf(body);
        }
        catch {
            throw new NotBelieved('This is no allotment.');
        }
        const jwk = trusted.keys.find((one) => one.kid === header.kid && one.kty === 'OKP' && one.crv === 'Ed25519');
        if (header.alg !== 'EdDSA' || header.typ !== TYPE || !jwk)
            throw new NotBelieved('It is not signed by a key of this decision point.');
        const algorithm = { name: 'Ed25519' };
        const { kty, crv, x } = jwk;
        const key = await globalThis.crypto.subtle.importKey('jwk', { kty, crv, x }, algorithm, false, ['verify']);
        const text = new TextEncoder().encode(`${head}.${body}`);
        if (!(await globalThis.crypto.subtle.verify(algorithm, key, bytesOf(signature), text)))
            throw new NotBelieved('Its signature does not hold.');
        if (claims.iss !== trusted.issuer)
            throw new NotBelieved(`It was given by ${claims.iss}.`);
        return new Allotment(kept.token, claims, kept.spends);
    }
    get id() {
        return this.#claims.jti;
    }
    get unit() {
        return this.#claims.allotment.unit;
    }
    get expiresAt() {
        return new Date(this.#claims.exp * 1000).toISOString();
    }
    /** What is left, in major units. */
    get remaining() {
        return majorOf(BigInt(this.#claims.allotment.max) - this.#spent, this.#claims.allotment.scale);
    }
    get spends() {
        return [...this.#spends.values()];
    }
    /**
     * Spends out of it, or not at all: true when it may go ahead. The same `ref` twice is the same spending. `what`: checked
     * against what it was given for.
     */
    spend(ref, amount, what = {}) {
        const { allotment, exp } = this.#claims;
        const minor = minorOf(amount, allotment.scale);
        if (minor === null || nowMs() > exp * 1000 - SKEW_MS)
            return false;
        if (what.subject && what.subject.id !== allotment.subject.id)
            return false;
        if (what.action && what.action.name !== allotment.action.name)
            return false;
        if (what.resource && what.resource.id !== allotment.resource.id)
            return false;
        const before = this.#spends.get(ref);
        if (before)
            return before.amount === majorOf(minor, allotment.scale);
        if (this.#spent + minor > BigInt(allotment.max))
            return false;
        this.#spent += minor;
        const at = new Date(nowMs()).toISOString();
        this.#spends.set(ref, { ref, at, amount: majorOf(minor, allotment.scale) });
        return true;
    }
    /** To keep and to open again: `Allotment.open(JSON.parse(text), …)`. */
    toJSON() {
        return { token: this.#token, spends: this.spends };
    }
}
