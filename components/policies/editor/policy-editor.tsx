'use client';

import { Alert, Button } from '@mantine/core';
import { useRouter } from 'next/navigation';
import { useRef, useState } from 'react';
import type { EditorActions } from '@/components/policies/actions-model';
import { ApplyDialog } from '@/components/policies/editor/apply-dialog';
import type { CodeEditorHandle } from '@/components/policies/editor/code-editor';
import classes from '@/components/policies/editor/editor.module.css';
import { DiscardDialog, LeaveDialog } from '@/components/policies/editor/leaving-dialogs';
import { SidePanels, type StartedBacktest } from '@/components/policies/editor/side-panels';
import { TextPanel, type View } from '@/components/policies/editor/text-panel';
import { type Editing, useEditing } from '@/components/policies/editor/use-editing';
import { useUnsaved } from '@/components/policies/editor/use-unsaved';
import policies from '@/components/policies/policies.module.css';
import { Crumb } from '@/components/shell/crumbs';
import { PageHeader } from '@/components/ui/page-header';
import { When } from '@/components/ui/when';
import { plural } from '@/lib/exposures/format';
import type { Draft, TestFile } from '@/lib/policies/life-model';

interface PolicyEditorProps {
  draft: Draft;
  /** What is active now; null: nothing of that name. */
  active: { version: number; source: string; tests: TestFile[] } | null;
  /** It begins here: its name is the one it says. */
  isNew: boolean;
  actions: EditorActions;
}

/** An editor has to be drawn again before it can show a place in another file. */
const DRAWN_MS = 60;

/** Writes a policy set: checked while typing, compared with what is active, tested, backtested, applied. */
export function PolicyEditor({ draft, active, isNew, actions }: PolicyEditorProps) {
  const router = useRouter();
  const editing = useEditing(draft, actions, isNew);
  const editor = useRef<CodeEditorHandle>(null);
  const [file, setFile] = useState('');
  const [view, setView] = useState<View>('edit');
  const [dialog, setDialog] = useState<'apply' | 'discard' | null>(null);
  const [backtest, setBacktest] = useState<StartedBacktest | null>(null);
  const [left, setLeft] = useState(false);
  const { wanted, stay } = useUnsaved(editing.dirty && !left);
  const leave = (to: string) => {
    setLeft(true);
    router.push(to);
    router.refresh();
  };
  const jump = (target: string, place: { line: number; column: number }) => {
    setView('edit');
    setFile(editing.tests.some((one) => one.name === target) ? target : '');
    setTimeout(() => editor.current?.jump(place), DRAWN_MS);
  };
  const close = () => setDialog(null);
  const discard = async () => {
    const result = await actions.discard({ name: editing.name });
    if (!result.error) leave(active ? `/policies/${draft.name}` : '/policies');
    return result;
  };
  return (
    <>
      <Crumb
        parts={[
          { label: editing.name, href: isNew ? undefined : `/policies/${draft.name}`, mono: true },
          { label: 'edit' },
        ]}
      />
      <Header draft={draft} editing={editing} active={active?.version ?? null} onDialog={setDialog} />
      {editing.error ? (
        <Alert color="red" variant="outline" role="alert" mb="md">
          {editing.error.message}
        </Alert>
      ) : null}
      <div className={classes.page}>
        <TextPanel {...{ editing, active, file, view, editor }} onFile={setFile} onView={setView} />
        <SidePanels {...{ editing, backtest }} onJump={jump} run={actions.backtest} onBacktest={setBacktest} />
      </div>
      <ApplyDialog
        {...{ editing, active, backtest }}
        opened={dialog === 'apply'}
        onClose={close}
        apply={actions.apply}
        onApplied={() => leave(`/policies/${editing.name}`)}
      />
      <DiscardDialog opened={dialog === 'discard'} onClose={close} name={editing.name} discard={discard} />
      <LeaveDialog wanted={wanted} onStay={stay} onLeave={leave} />
    </>
  );
}

interface HeaderProps {
  draft: Draft;
  editing: Editing;
  active: number | null;
  onDialog: (dialog: 'apply' | 'discard') => void;
}

function Header({ draft, editing, active, onDialog }: HeaderProps) {
  const count = editing.problems.length;
  const unsaved = editing.dirty ? 'has changes that are not saved' : 'is as it was saved';
  return (
    <PageHeader
      title={
        <>
          The draft of <span className={policies.mono}>{editing.name}</span>{' '}
          {count > 0
            ? `has ${count} ${plural(count, 'problem')}`
            : editing.savedOnce || editing.dirty
              ? unsaved
              : 'changes nothing yet'}
          .
        </>
      }
      sub={
        <>
          {draft.baseVersion === null ? 'a new set' : `begun with version ${draft.baseVersion}`}
          {active !== null && draft.baseVersion !== active ? `; meanwhile version ${active} became active` : ''}
          {draft.updatedAt && !editing.dirty ? (
            <>
              {' '}
              · last saved <When at={draft.updatedAt} /> by {draft.updatedBy}
            </>
          ) : null}
        </>
      }
      actions={
        <>
          {editing.savedOnce ? <Button onClick={() => onDialog('discard')}>Discard draft</Button> : null}
          <Button onClick={() => void editing.save()} loading={editing.busy === 'save'} disabled={!editing.dirty}>
            Save draft
          </Button>
          <Button variant="filled" onClick={() => onDialog('apply')}>
            Apply…
          </Button>
        </>
      }
    />
  );
}
