'use client';

import { NativeSelect, Switch } from '@mantine/core';
import classes from '@/components/signals/signals.module.css';

const WORDS = { end: 'End its sessions', pause: 'Pause the identity', revoke: 'Revoke the identity', note: 'Note it' };
type Word = keyof typeof WORDS;
/** What may follow from what; the first is what usually does. */
const CHOICES: [
  name: 'sessions' | 'account' | 'compromise' | 'risk' | 'device' | 'claims',
  label: string,
  words: Word[],
][] = [
  ['sessions', 'Session or credential revoked', ['end', 'note']],
  ['account', 'Account disabled or deleted', ['pause', 'revoke', 'note']],
  ['compromise', 'Credential compromised', ['pause', 'revoke', 'end', 'note']],
  ['risk', 'Risk HIGH', ['note', 'end', 'pause']],
  ['device', 'Device not compliant', ['note', 'end', 'pause']],
  ['claims', 'Claims of its token changed', ['note', 'end', 'pause']],
];
/** What follows from what a system says, and whether a playbook is started. */
export type Acts = Record<(typeof CHOICES)[number][0], Word> & { playbook: boolean };
export const USUAL = {
  ...Object.fromEntries(CHOICES.map(([name, , words]) => [name, words[0]])),
  playbook: false,
} as Acts;

/** One choice for each thing a system may say. */
export function Follows({ acts, set }: { acts: Acts; set: (acts: Acts) => void }) {
  return (
    <>
      <div className={classes.pair}>
        {CHOICES.map(([name, label, words]) => (
          <NativeSelect
            key={name}
            label={label}
            data={words.map((value) => ({ value, label: WORDS[value] }))}
            value={acts[name]}
            onChange={(event) => set({ ...acts, [name]: event.currentTarget.value as Word })}
          />
        ))}
      </div>
      <Switch
        label="Start a playbook for what it says"
        description="Not for good news: a risk that falls, a device that is compliant again, an account that is enabled."
        checked={acts.playbook}
        onChange={(event) => set({ ...acts, playbook: event.currentTarget.checked })}
      />
    </>
  );
}
