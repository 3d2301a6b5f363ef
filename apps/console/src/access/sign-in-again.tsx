import { Alert, Button, Form, Input, Modal } from 'antd';
import { useState } from 'react';
import { useWords } from '../shell/language.ts';
import { queries } from '../shell/queries.ts';
import { signIn } from './sign-in.ts';

/** Lies over the page, which stays as it is: nothing that was entered is lost by an expired session. */
export function SignInAgain({ account, leave }: { account: string; leave: () => void }) {
  const { say } = useWords();
  const [refusal, setRefusal] = useState<string>();
  const [busy, setBusy] = useState(false);
  const enter = async ({ password }: { password: string }) => {
    setBusy(true);
    try {
      await signIn(account, password);
      void queries.invalidateQueries();
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  };
  return (
    <Modal open title={say('access.expired')} footer={null} closable={false} keyboard={false} mask={{ closable: false }}>
      <p>{say('access.expiredHint')}</p>
      <Form layout="vertical" requiredMark={false} onFinish={(values: { password: string }) => void enter(values)}>
        {refusal ? <Alert type="error" showIcon title={refusal} role="alert" className="spaced" /> : null}
        <Form.Item label={say('access.account')}>
          <Input value={account} readOnly autoComplete="username" />
        </Form.Item>
        <Form.Item
          name="password"
          label={say('access.password')}
          rules={[{ required: true, message: say('shell.required', { field: say('access.password') }) }]}
        >
          <Input.Password autoComplete="current-password" autoFocus />
        </Form.Item>
        <div className="dialog-foot">
          <Button type="text" onClick={leave}>
            {say('access.other')}
          </Button>
          <Button type="primary" htmlType="submit" loading={busy}>
            {say('access.signIn')}
          </Button>
        </div>
      </Form>
    </Modal>
  );
}
