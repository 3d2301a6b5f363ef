import { Alert, Button, DatePicker, Form, Modal, Select, type ButtonProps } from 'antd';
import type { FormInstance } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useRef, useState, type ReactNode } from 'react';
import { useClear } from './clear.tsx';
import type { Command } from './command.ts';
import { Consequences } from './consequences.tsx';
import { moment } from './dates.ts';
import { draftOf, dropDraft, keepDraft } from './drafts.ts';
import { tell, tellRefusal, tellWithUndo } from './feedback.tsx';
import { useWords } from './language.ts';
import { openAgain } from './opened-again.tsx';
import { TakenBack, type Receipt } from './outbox.ts';
import { Refused } from './problem.ts';
import { refreshAll } from './queries.ts';
import { send, useOutbox } from './sending.ts';

const reasonCodes = ['late-entry', 'paper-record', 'correction', 'system-outage'] as const;
const backdatingDays = 30;

/** From when it counts; left out, from today. */
export interface When {
  readonly effectiveOn?: string | undefined;
  readonly reasonCode?: string | undefined;
}

interface Late {
  readonly lateFrom?: Dayjs | null | undefined;
  readonly lateBecause?: string | undefined;
}

export interface ActionProps<Values extends object> {
  /** Names the draft: what is typed is still there when the dialog is opened again. */
  readonly name: string;
  readonly title: string;
  readonly open: boolean;
  readonly close: () => void;
  readonly fields?: ReactNode | ((form: FormInstance<Values>) => ReactNode);
  readonly initial?: Partial<Values>;
  /** The revision of the card as it is now; the dialog keeps the one that it was opened with. */
  readonly etag?: string | undefined;
  /** @returns undefined while something that is needed is missing */
  readonly toCommand: (values: Partial<Values>, when: When & { readonly ifMatch?: string | undefined }) => Command | undefined;
  readonly undo?: (values: Values) => Command;
  /** Consequences that follow by themselves afterwards, which a rehearsal cannot know. */
  readonly also?: (values: Partial<Values>) => readonly string[];
  readonly without?: readonly string[];
  readonly confirm?: string;
  readonly danger?: boolean;
  /** False for what always counts from today. */
  readonly datable?: boolean;
  readonly done?: (receipt: Receipt) => void;
}

function WhatChanged({ refusal, loadAnew }: { refusal: Refused; loadAnew: () => void }) {
  const { say, called } = useWords();
  const { changes } = refusal;
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      className="spaced"
      title={refusal.message}
      description={
        changes.length > 0 ? (
          <>
            <p>{say('shell.changedBy')}</p>
            <ul>
              {changes.map(({ at, actorRole, words }) => (
                <li key={`${at} ${words}`}>{say('shell.changeLine', { at: moment(at), role: called(actorRole), words })}</li>
              ))}
            </ul>
            <Button size="small" onClick={loadAnew}>
              {say('shell.loadAnew')}
            </Button>
          </>
        ) : null
      }
    />
  );
}

/** A form whose fields are opened only when needed: the day from which it counts, for what is entered late. */
function LateFields() {
  const { say, called } = useWords();
  const clear = useClear();
  const [shown, setShown] = useState(false);
  if (!shown) {
    return (
      <Button type="link" size="small" className="late-switch" onClick={() => setShown(true)}>
        {say('shell.backdate')}
      </Button>
    );
  }
  const oldest = dayjs().subtract(backdatingDays, 'day');
  return (
    <div className="side-by-side">
      <Form.Item name="lateFrom" label={say('shell.effectiveOn')}>
        <DatePicker disabledDate={date => date.isAfter(dayjs(), 'day') || date.isBefore(oldest, 'day')} />
      </Form.Item>
      <Form.Item name="lateBecause" label={say('shell.reasonCode')}>
        <Select allowClear={clear} options={reasonCodes.map(code => ({ value: code, label: called(code) }))} />
      </Form.Item>
    </div>
  );
}

const whenOf = ({ lateFrom, lateBecause }: Late): When =>
  lateFrom ? { effectiveOn: lateFrom.format('YYYY-MM-DD'), reasonCode: lateBecause } : {};

/** One command as a dialog: its fields, what will happen, the server's no in its own words. What was typed is never lost. */
export function ActionDialog<Values extends object>(action: ActionProps<Values> & { readonly refused?: Refused }) {
  const { name, title, open, close, fields, initial = {}, etag, toCommand, undo, also, without = [], confirm } = action;
  const { danger = false, datable = true, done, refused } = action;
  const { say } = useWords();
  const [form] = Form.useForm<Values & Late>();
  const [ifMatch, setIfMatch] = useState(etag);
  const [values, setValues] = useState<Partial<Values & Late>>(() => ({ ...initial, ...draftOf<Values>(name) }));
  const [refusal, setRefusal] = useState(refused);
  const [busy, setBusy] = useState(false);
  const shown = useRef(true);
  const waits = useOutbox().some(({ state, command }) => state === 'waiting' && command.title === title);
  const command = toCommand(values, { ...whenOf(values), ifMatch });

  const shut = () => {
    shown.current = false;
    close();
  };
  const submit = async (entered: Values & Late) => {
    const asked = toCommand(entered, { ...whenOf(entered), ifMatch });
    if (!asked) return;
    setBusy(true);
    setRefusal(undefined);
    try {
      const receipt = await send(asked);
      dropDraft(name);
      if (shown.current) shut();
      const what = say('shell.done', { what: asked.title });
      if (undo) tellWithUndo(what, () => send(undo(entered)));
      else tell(what);
      done?.(receipt);
    } catch (error) {
      if (error instanceof TakenBack) return;
      if (!shown.current) {
        keepDraft(name, entered);
        const draw = (shutAgain: () => void) => (
          <ActionDialog<Values> {...action} {...(error instanceof Refused ? { refused: error } : {})} open close={shutAgain} />
        );
        tellRefusal(asked.title, error, () => openAgain(draw));
      } else if (error instanceof Refused) {
        setRefusal(error);
        for (const field of Object.keys(entered)) {
          const sentence = error.ofField(field);
          if (sentence) form.setFields([{ name: field as never, errors: [sentence] }]);
        }
      }
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal open={open} title={title} onCancel={shut} footer={null} destroyOnHidden width={560}>
      <Form<Values & Late>
        form={form}
        layout="vertical"
        initialValues={values}
        onValuesChange={(_, all) => {
          // A field that this change makes appear is not among them yet; what it begins with is sent all the same.
          setValues({ ...initial, ...all });
          setRefusal(undefined);
          keepDraft(name, all);
        }}
        onFinish={entered => void submit(entered)}
        requiredMark={false}
        scrollToFirstError
      >
        {refusal ? (
          <WhatChanged
            refusal={refusal}
            loadAnew={() => {
              // The card may be read late; what changed up to this revision has just been said.
              setIfMatch(refusal.etag);
              setRefusal(undefined);
              void refreshAll();
            }}
          />
        ) : null}
        {typeof fields === 'function' ? fields(form as FormInstance<Values>) : fields}
        {datable ? <LateFields /> : null}
        {refusal ? null : <Consequences command={command} also={also?.(values) ?? []} without={without} />}
        {waits ? <Alert type="info" showIcon title={say('shell.queued')} className="spaced" /> : null}
        <div className="dialog-foot">
          <Button
            onClick={() => {
              dropDraft(name);
              shut();
            }}
          >
            {say('shell.cancel')}
          </Button>
          <Button type="primary" danger={danger} htmlType="submit" loading={busy}>
            {confirm ?? say('shell.confirm')}
          </Button>
        </div>
      </Form>
    </Modal>
  );
}

/** A button that opens such a dialog. */
export function ActionButton<Values extends object>({
  label,
  buttonProps = {},
  ...action
}: Omit<ActionProps<Values>, 'open' | 'close'> & { label?: string; buttonProps?: ButtonProps }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button {...buttonProps} onClick={() => setOpen(true)}>
        {label ?? action.title}
      </Button>
      {open ? <ActionDialog {...action} open close={() => setOpen(false)} /> : null}
    </>
  );
}
