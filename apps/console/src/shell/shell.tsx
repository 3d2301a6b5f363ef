import { Link, Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import {
  ApartmentOutlined,
  AuditOutlined,
  FundOutlined,
  GlobalOutlined,
  IdcardOutlined,
  TeamOutlined,
  UserOutlined,
} from '@ant-design/icons';
import { Button } from 'antd';
import { lazy, Suspense, useEffect } from 'react';
import { PlaceChooser } from '../access/place-chooser.tsx';
import { SignInAgain } from '../access/sign-in-again.tsx';
import { useMay, useMe } from '../access/me.ts';
import { TourOffer } from '../tour/tour-offer.tsx';
import { useTour } from '../tour/use-tour.tsx';
import { ConnectionState } from './connection-state.tsx';
import { forgetDrafts, hasDrafts } from './drafts.ts';
import { switchLanguage, useWords } from './language.ts';
import { OpenedAgain } from './opened-again.tsx';
import { Loading } from './page.tsx';
import { queries } from './queries.ts';
import { outbox } from './sending.ts';
import { closeSession, useSession } from './session.ts';

const QuickSearch = lazy(() => import('./quick-search.tsx').then(({ QuickSearch: component }) => ({ default: component })));
const UserMenu = lazy(() => import('./user-menu.tsx').then(({ UserMenu: component }) => ({ default: component })));

/** As wide as the menu that comes, so that what stands beside it does not move from under the pointer. */
function UserMenuRoom({ name }: { name: string }) {
  return (
    <Button type="text" className="user-menu-room" icon={<UserOutlined aria-hidden />} tabIndex={-1} aria-hidden>
      <span className="wide-only">{name}</span>
    </Button>
  );
}

/** Ends the session and leaves nothing of it behind in this tab. */
export function leave(): void {
  outbox.takeBack();
  closeSession();
  forgetDrafts();
  queries.clear();
}

/** Each with the beginnings of the paths that belong to it. */
const items = [
  { to: '/', word: 'shell.places', icon: <ApartmentOutlined aria-hidden />, holds: ['/centers', '/stations', '/places'] },
  { to: '/overview', word: 'shell.overview', icon: <FundOutlined aria-hidden />, holds: ['/overview'] },
  { to: '/volunteers', word: 'shell.volunteers', icon: <TeamOutlined aria-hidden />, holds: ['/volunteers'] },
  { to: '/workers', word: 'shell.workers', icon: <IdcardOutlined aria-hidden />, holds: ['/workers'] },
] as const;
/** For those who look after others. */
const auditing = {
  to: '/history',
  word: 'shell.audit',
  icon: <AuditOutlined aria-hidden />,
  holds: ['/history', '/commands', '/structure', '/taken-lists'],
} as const;

function Navigation() {
  const { say } = useWords();
  const mayAudit = useMay('auditor', 'oversight', 'registrar');
  const { pathname } = useLocation();
  const current = (to: string, holds: readonly string[]) => {
    if (pathname === to) return 'page';
    return holds.some(path => pathname.startsWith(path)) ? 'true' : undefined;
  };
  return (
    <nav className="shell-nav" aria-label={say('shell.nav')}>
      {[...items, ...(mayAudit ? [auditing] : [])].map(({ to, word, icon, holds }) => (
        <Link key={to} to={to} activeOptions={{ exact: true }} activeProps={{}} aria-current={current(to, holds)}>
          {icon}
          <span>{say(word)}</span>
        </Link>
      ))}
    </nav>
  );
}

export function LanguageSwitch() {
  const { say } = useWords();
  return (
    <Button
      type="text"
      icon={<GlobalOutlined aria-hidden />}
      aria-label={say('shell.toLanguage')}
      onClick={() => switchAndReadAnew()}
    >
      <span className="wide-only">{say('shell.language')}</span>
    </Button>
  );
}

/** Sentences of the server come in the language that was asked for. */
function switchAndReadAnew(): void {
  switchLanguage();
  void queries.invalidateQueries();
}

export function Shell() {
  const { say } = useWords();
  const session = useSession();
  const navigate = useNavigate();
  const me = useMe();
  const { tour, start } = useTour();
  const signedOut = session === undefined;
  useEffect(() => {
    if (signedOut) void navigate({ to: '/sign-in' });
  }, [signedOut, navigate]);
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (hasDrafts()) event.preventDefault();
    };
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, []);
  if (!session) return null;
  const name = me.data?.title ?? session.account;
  return (
    <div className="shell">
      <a className="skip" href="#content">
        {say('shell.skip')}
      </a>
      <header className="shell-top">
        <Link to="/" className="brand" aria-label={say('shell.name')}>
          <span className="brand-mark" aria-hidden />
          <span>{say('shell.name')}</span>
        </Link>
        <PlaceChooser account={session.account} />
        <div className="shell-search">
          <Suspense fallback={null}>
            <QuickSearch />
          </Suspense>
        </div>
        <div className="shell-state">
          <ConnectionState />
          <LanguageSwitch />
          <Suspense fallback={<UserMenuRoom name={name} />}>
            <UserMenu name={name} startTour={start} leave={leave} />
          </Suspense>
        </div>
      </header>
      <Navigation />
      <main id="content" tabIndex={-1}>
        <TourOffer key={session.account} account={session.account} start={start} />
        <Suspense fallback={<Loading />}>
          <Outlet />
        </Suspense>
      </main>
      <OpenedAgain />
      {session.expired ? <SignInAgain account={session.account} leave={leave} /> : tour}
    </div>
  );
}
