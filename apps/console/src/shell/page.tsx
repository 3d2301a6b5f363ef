import { Link, useRouter } from '@tanstack/react-router';
import { Button, Spin } from 'antd';
import { useEffect, type ReactNode } from 'react';
import { useWords } from './language.ts';
import { Refused } from './problem.ts';

/** The head of every page: where one is, what it is called, what can be done; always in this order. */
export function PageHead({
  above,
  title,
  beside,
  actions,
}: {
  above?: ReactNode;
  title: string;
  beside?: ReactNode;
  actions?: ReactNode;
}) {
  const { say } = useWords();
  useEffect(() => {
    document.title = `${title} · ${say('shell.name')}`;
  }, [title, say]);
  return (
    <header className="page-head">
      {above ? <nav className="page-above">{above}</nav> : null}
      <div className="page-title">
        <h1>{title}</h1>
        {beside}
        {actions ? <div className="page-actions">{actions}</div> : null}
      </div>
    </header>
  );
}

export function Section({
  title,
  extra,
  children,
  className = '',
}: {
  title: string;
  extra?: ReactNode;
  children: ReactNode;
  className?: string;
}) {
  return (
    <section className={`section ${className}`}>
      <div className="section-head">
        <h2>{title}</h2>
        {extra}
      </div>
      {children}
    </section>
  );
}

export function Loading() {
  const { say } = useWords();
  return (
    <div className="quiet-note" role="status">
      <Spin size="small" /> {say('shell.loading')}
    </div>
  );
}

/** Nothing is here yet, and what to do about it. */
export function Empty({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      <p>{children}</p>
      {action}
    </div>
  );
}

export function NoSuchPage() {
  const { say } = useWords();
  return (
    <div className="lonely">
      <h1>{say('shell.notFound')}</h1>
      <p>{say('shell.notFoundHint')}</p>
      <Link to="/">{say('shell.home')}</Link>
    </div>
  );
}

/** What could not be read: with the server's own sentence, and a way on. */
export function Unreadable({ error, retry }: { error: Error; retry: () => void }) {
  const { say } = useWords();
  if (error instanceof Refused && error.problem.status === 404) return <NoSuchPage />;
  return (
    <div className="lonely" role="alert">
      <h1>{error instanceof Refused ? error.problem.title : say('shell.noConnection')}</h1>
      <p>{error.message}</p>
      <Button onClick={retry}>{say('shell.retry')}</Button>
    </div>
  );
}

export function PageFailed({ error }: { error: Error }) {
  const { say } = useWords();
  const router = useRouter();
  return (
    <div className="lonely" role="alert">
      <h1>{say('shell.broken')}</h1>
      <p>{say('shell.brokenHint')}</p>
      <p className="quiet">{error.message}</p>
      <Button onClick={() => void router.invalidate()}>{say('shell.retry')}</Button>
    </div>
  );
}
