import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Alert, Button, Form, Input } from 'antd';
import { useEffect, useState } from 'react';
import { useWords } from '../shell/language.ts';
import { LanguageSwitch } from '../shell/shell.tsx';
import { useSession } from '../shell/session.ts';
import { signIn } from './sign-in.ts';

interface Entered {
  readonly account: string;
  readonly password: string;
}

export function SignInPage() {
  const { say } = useWords();
  const navigate = useNavigate();
  const { next } = useSearch({ from: '/sign-in' });
  const session = useSession();
  const [refusal, setRefusal] = useState<string>();
  const [busy, setBusy] = useState(false);
  const signedIn = session !== undefined && !session.expired;
  useEffect(() => {
    document.title = `${say('access.signIn')} · ${say('shell.name')}`;
    if (signedIn) void navigate({ to: next ?? '/', replace: true });
  }, [signedIn, next, navigate, say]);
  const enter = async ({ account, password }: Entered) => {
    setBusy(true);
    setRefusal(undefined);
    try {
      await signIn(account.trim(), password);
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <main className="sign-in" id="content">
      <div className="sign-in-card">
        <div className="sign-in-head">
          <span className="brand-mark" aria-hidden />
          <div>
            <h1>{say('shell.name')}</h1>
            <p>{say('shell.tagline')}</p>
          </div>
          <LanguageSwitch />
        </div>
        <Form<Entered> layout="vertical" requiredMark={false} onFinish={values => void enter(values)} disabled={busy}>
          {refusal ? <Alert type="error" showIcon title={refusal} role="alert" className="spaced" /> : null}
          <Form.Item
            name="account"
            label={say('access.account')}
            rules={[{ required: true, message: say('shell.required', { field: say('access.account') }) }]}
          >
            <Input autoComplete="username" autoFocus autoCapitalize="none" spellCheck={false} size="large" />
          </Form.Item>
          <Form.Item
            name="password"
            label={say('access.password')}
            extra={say('access.hint')}
            rules={[{ required: true, message: say('shell.required', { field: say('access.password') }) }]}
          >
            <Input.Password autoComplete="current-password" size="large" />
          </Form.Item>
          <Button type="primary" htmlType="submit" size="large" block loading={busy}>
            {say('access.signIn')}
          </Button>
        </Form>
        <Link to="/public" className="sign-in-public">
          {say('access.public')}
        </Link>
      </div>
    </main>
  );
}
