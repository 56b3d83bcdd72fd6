import { isMap, isSeq, parseDocument } from 'yaml';
import { BraidError } from '@/lib/platform/errors';
import { isTest } from '@/lib/policies/is-test';

/**
 * A folder of YAML files as one source: `set.yaml` first, then meters and rules of the others in order of name. A single
 * file stays byte for byte as it is, so its errors stand at its own lines. Fixtures are left out. Throws `policy.invalid`.
 */
export function merge(files: { name: string; text: string }[]): string {
  const sorted = files.filter((file) => !isTest(file.name)).sort((a, b) => (a.name < b.name ? -1 : 1));
  const main = sorted.find((file) => /^set\.ya?ml$/.test(file.name)) ?? (sorted.length === 1 ? sorted[0] : undefined);
  if (!main) throw new BraidError('policy.invalid', 'A policy folder has a file set.yaml.');
  const others = sorted.filter((file) => file !== main);
  if (!others.length) return main.text;
  const whole = read(main);
  for (const file of others) addTo(whole, file);
  return whole.toString({ lineWidth: 0 });
}

function read(file: { name: string; text: string }) {
  const document = parseDocument(file.text, { uniqueKeys: true });
  const error = document.errors[0];
  if (!error && isMap(document.contents)) return document;
  throw new BraidError('policy.invalid', `${file.name} can't be read.`, {
    detail: [{ path: file.name, message: error?.message.split('\n')[0] ?? 'It is no map.' }],
  });
}

function addTo(whole: ReturnType<typeof read>, file: { name: string; text: string }): void {
  const part = read(file);
  const refuse = (message: string) =>
    new BraidError('policy.invalid', `${file.name}: ${message}`, { detail: [{ path: file.name, message }] });
  for (const { key, value } of isMap(part.contents) ? part.contents.items : []) {
    const name = String(key);
    if (name === 'meters' && isMap(value)) {
      for (const item of value.items) {
        if (whole.hasIn(['meters', String(item.key)])) throw refuse(`there is already a meter "${String(item.key)}".`);
        whole.setIn(['meters', String(item.key)], item.value);
      }
    } else if (name === 'rules' && isSeq(value)) {
      for (const item of value.items) {
        if (!whole.has('rules')) whole.set('rules', whole.createNode([]));
        whole.addIn(['rules'], item);
      }
    } else throw refuse(`only set.yaml may say "${name}"; other files have meters and rules.`);
  }
}
