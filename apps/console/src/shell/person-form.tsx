import { Alert, Button, Form, Input } from 'antd';
import { useRouter } from '@tanstack/react-router';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { Command } from './command.ts';
import { draftOf, dropDraft, keepDraft } from './drafts.ts';
import { tell, tellRefusal } from './feedback.tsx';
import { useRequired } from './fields.tsx';
import { useWords } from './language.ts';
import { TakenBack } from './outbox.ts';
import { Refused } from './problem.ts';
import { send, useOutbox } from './sending.ts';

export interface PersonValues {
  readonly name: string;
  readonly idNumber: string;
  readonly phone: string;
  readonly homeDivisionId: string;
}

/** Name, ID number and phone, as every register of people asks for them. */
export function PersonFields({ phoneRequired }: { phoneRequired: boolean }) {
  const { say } = useWords();
  const required = useRequired();
  return (
    <>
      <Form.Item name="name" label={say('person.name')} rules={required('person.name')}>
        <Input maxLength={60} autoComplete="off" />
      </Form.Item>
      <Form.Item
        name="idNumber"
        label={say('person.idNumber')}
        extra={say('person.idNumberHint')}
        rules={required('person.idNumber')}
        normalize={(text: string) => text.replaceAll(/\s/g, '').toUpperCase()}
      >
        <Input maxLength={18} autoComplete="off" spellCheck={false} className="number" />
      </Form.Item>
      <Form.Item
        name="phone"
        label={say('person.phone')}
        {...(phoneRequired ? { rules: required('person.phone') } : {})}
        normalize={(text: string) => text.replaceAll(/\s/g, '')}
      >
        <Input maxLength={11} inputMode="tel" autoComplete="off" className="number" />
      </Form.Item>
    </>
  );
}

/** A form on a page of its own. What is typed is kept until the server has taken it, also when one leaves the page meanwhile. */
export function PersonForm<Values extends object>({
  draft,
  children,
  initial = {},
  confirm,
  toCommand,
  done,
}: {
  draft: string;
  children: ReactNode;
  initial?: Partial<Values>;
  confirm: string;
  toCommand: (values: Values) => Command;
  done: () => void;
}) {
  const { say } = useWords();
  const [form] = Form.useForm<Values>();
  const [refusal, setRefusal] = useState<Refused>();
  const [busy, setBusy] = useState(false);
  const router = useRouter();
  const here = useRef(true);
  useEffect(() => {
    here.current = true;
    return () => {
      here.current = false;
    };
  }, []);
  const waits = useOutbox().some(({ state }) => state === 'waiting');
  const submit = async (entered: Values) => {
    const command = toCommand(entered);
    const page = router.state.location.href;
    setBusy(true);
    setRefusal(undefined);
    try {
      await send(command);
      dropDraft(draft);
      if (!here.current) return tell(say('shell.done', { what: command.title }));
      form.resetFields();
      done();
    } catch (error) {
      if (error instanceof TakenBack) return;
      if (!here.current) {
        keepDraft(draft, entered);
        tellRefusal(command.title, error, () => void router.navigate({ to: page }));
      } else if (!(error instanceof Refused)) tellRefusal(command.title, error);
      else {
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
    <Form<Values>
      form={form}
      layout="vertical"
      requiredMark={false}
      initialValues={{ ...initial, ...draftOf<Values>(draft) }}
      onValuesChange={(_, all) => keepDraft(draft, all)}
      onFinish={entered => void submit(entered)}
      scrollToFirstError
      disabled={busy}
    >
      {refusal ? <Alert type="error" showIcon title={refusal.message} role="alert" className="spaced" /> : null}
      {children}
      {busy && waits ? <Alert type="info" showIcon title={say('shell.queued')} className="spaced" /> : null}
      <Button type="primary" htmlType="submit" loading={busy} className="spaced">
        {confirm}
      </Button>
    </Form>
  );
}
