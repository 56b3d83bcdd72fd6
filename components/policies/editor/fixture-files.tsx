'use client';

import { ActionIcon, Button, SegmentedControl, TextInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import type { TestFile } from '@/lib/policies/life-model';

const STARTED = `# What the rules have to do, whatever the sessions of an identity do beside each other.
defaults: { as: svc-example, action: payment.create, resource: account/4711 }
tests:
  - name: it is allowed
    steps:
      - ask: { session: worker-1, context: { amount: 10 } }
        expect: allow
`;

interface FixtureFilesProps {
  /** '' = the policies themselves. */
  file: string;
  onFile: (file: string) => void;
  tests: TestFile[];
  onTests: (tests: TestFile[]) => void;
  name: string;
}

/** Which text is edited: the set, or one of its files of fixtures. */
export function FixtureFiles({ file, onFile, tests, onTests, name }: FixtureFilesProps) {
  const [adding, setAdding] = useState<string>();
  const add = () => {
    const given = (adding ?? '').trim().replace(/\.test\.ya?ml$/, '');
    const wanted = `${given || name}.test.yaml`;
    if (!tests.some((one) => one.name === wanted)) onTests([...tests, { name: wanted, text: STARTED }]);
    setAdding(undefined);
    onFile(wanted);
  };
  return (
    <>
      <SegmentedControl
        size="xs"
        value={file}
        onChange={onFile}
        aria-label="File"
        data={[{ value: '', label: 'set.yaml' }, ...tests.map((one) => ({ value: one.name, label: one.name }))]}
      />
      {adding === undefined ? (
        <Button size="compact-xs" onClick={() => setAdding(name)}>
          Add fixtures
        </Button>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            add();
          }}
        >
          <TextInput
            size="xs"
            aria-label="Name of the fixtures"
            autoFocus
            value={adding}
            maxLength={60}
            rightSection=".test.yaml"
            rightSectionWidth={80}
            onChange={(event) => setAdding(event.currentTarget.value)}
            onKeyDown={(event) => event.key === 'Escape' && setAdding(undefined)}
          />
        </form>
      )}
      {file ? (
        <ActionIcon
          variant="subtle"
          color="red"
          size="sm"
          aria-label={`Remove ${file}`}
          onClick={() => {
            onTests(tests.filter((one) => one.name !== file));
            onFile('');
          }}
        >
          <IconTrash size={14} />
        </ActionIcon>
      ) : null}
    </>
  );
}
