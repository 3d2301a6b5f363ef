import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { SignInPage } from '../access/sign-in.page.tsx';
import { Loading, NoSuchPage, PageFailed } from './page.tsx';
import { read } from './read-page.ts';
import { sessionNow } from './session.ts';
import { Shell } from './shell.tsx';

/** The place that is looked at, and the days as `YYYY-MM-DD`. */
interface OverviewSearch {
  readonly division?: string | undefined;
  readonly center?: string | undefined;
  readonly station?: string | undefined;
  readonly on?: string | undefined;
  readonly compare?: string | undefined;
}

const root = createRootRoute({ notFoundComponent: NoSuchPage });

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: ({ next }: Record<string, unknown>): { next?: string } =>
    typeof next === 'string' && /^\/(?!\/)/.test(next) ? { next } : {},
  component: SignInPage,
});

const publicPage = createRoute({
  getParentRoute: () => root,
  path: '/public',
  component: lazyRouteComponent(
    read(() => import('../scrutiny/public.page.tsx')),
    'PublicPage',
  ),
});

/** Everything that needs somebody who is signed in. */
const office = createRoute({
  getParentRoute: () => root,
  id: 'office',
  component: Shell,
  beforeLoad({ location }) {
    if (!sessionNow())
      redirect({ to: '/sign-in', search: location.pathname === '/' ? {} : { next: location.href }, throw: true });
  },
});

const home = createRoute({
  getParentRoute: () => office,
  path: '/',
  component: lazyRouteComponent(
    read(() => import('../service-network/home.page.tsx')),
    'HomePage',
  ),
});

const place = createRoute({
  getParentRoute: () => office,
  path: '/places/$divisionId',
  component: lazyRouteComponent(
    read(() => import('../service-network/place.page.tsx')),
    'PlacePage',
  ),
});
const center = createRoute({
  getParentRoute: () => office,
  path: '/centers/$centerId',
  component: lazyRouteComponent(
    read(() => import('../service-network/center.page.tsx')),
    'CenterPage',
  ),
});
const assignment = createRoute({
  getParentRoute: () => office,
  path: '/centers/$centerId/assign',
  validateSearch: ({ station: chosen }: Record<string, unknown>): { station?: string } =>
    typeof chosen === 'string' ? { station: chosen } : {},
  component: lazyRouteComponent(
    read(() => import('../volunteering/assignment.page.tsx')),
    'AssignmentPage',
  ),
});
const station = createRoute({
  getParentRoute: () => office,
  path: '/stations/$stationId',
  component: lazyRouteComponent(
    read(() => import('../service-network/station.page.tsx')),
    'StationPage',
  ),
});
const volunteers = createRoute({
  getParentRoute: () => office,
  path: '/volunteers',
  validateSearch: ({ stage }: Record<string, unknown>): { stage?: 'APPLIED' } => (stage === 'APPLIED' ? { stage } : {}),
  component: lazyRouteComponent(
    read(() => import('../volunteering/volunteers.page.tsx')),
    'VolunteersPage',
  ),
});
const newVolunteer = createRoute({
  getParentRoute: () => office,
  path: '/volunteers/new',
  component: lazyRouteComponent(
    read(() => import('../volunteering/new-volunteer.page.tsx')),
    'NewVolunteerPage',
  ),
});
const bringVolunteers = createRoute({
  getParentRoute: () => office,
  path: '/volunteers/sheet',
  component: lazyRouteComponent(
    read(() => import('../sheets/bring-people.page.tsx')),
    'BringVolunteersPage',
  ),
});
const bringWorkers = createRoute({
  getParentRoute: () => office,
  path: '/workers/sheet',
  component: lazyRouteComponent(
    read(() => import('../sheets/bring-people.page.tsx')),
    'BringWorkersPage',
  ),
});
const volunteer = createRoute({
  getParentRoute: () => office,
  path: '/volunteers/$volunteerId',
  component: lazyRouteComponent(
    read(() => import('../volunteering/volunteer.page.tsx')),
    'VolunteerPage',
  ),
});
const workers = createRoute({
  getParentRoute: () => office,
  path: '/workers',
  component: lazyRouteComponent(
    read(() => import('../workforce/workers.page.tsx')),
    'WorkersPage',
  ),
});
const newWorker = createRoute({
  getParentRoute: () => office,
  path: '/workers/new',
  component: lazyRouteComponent(
    read(() => import('../workforce/new-worker.page.tsx')),
    'NewWorkerPage',
  ),
});
const worker = createRoute({
  getParentRoute: () => office,
  path: '/workers/$workerId',
  component: lazyRouteComponent(
    read(() => import('../workforce/worker.page.tsx')),
    'WorkerPage',
  ),
});
const history = createRoute({
  getParentRoute: () => office,
  path: '/history/$subjectId',
  component: lazyRouteComponent(
    read(() => import('../scrutiny/history.page.tsx')),
    'HistoryPage',
  ),
});
const audit = createRoute({
  getParentRoute: () => office,
  path: '/history',
  component: lazyRouteComponent(
    read(() => import('../scrutiny/audit.page.tsx')),
    'AuditPage',
  ),
});
const takenLists = createRoute({
  getParentRoute: () => office,
  path: '/taken-lists',
  component: lazyRouteComponent(
    read(() => import('../scrutiny/taken-lists.page.tsx')),
    'TakenListsPage',
  ),
});
const command = createRoute({
  getParentRoute: () => office,
  path: '/commands/$commandId',
  component: lazyRouteComponent(
    read(() => import('../scrutiny/command.page.tsx')),
    'CommandPage',
  ),
});

const daySearch = (value: unknown) => (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : undefined);
const idSearch = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
const overview = createRoute({
  getParentRoute: () => office,
  path: '/overview',
  validateSearch: (search: Record<string, unknown>): OverviewSearch => ({
    division: idSearch(search.division),
    center: idSearch(search.center),
    station: idSearch(search.station),
    on: daySearch(search.on),
    compare: daySearch(search.compare),
  }),
  component: lazyRouteComponent(
    read(() => import('../scrutiny/overview.page.tsx')),
    'OverviewPage',
  ),
});

const structureThen = createRoute({
  getParentRoute: () => office,
  path: '/structure',
  component: lazyRouteComponent(
    read(() => import('../scrutiny/structure-then.page.tsx')),
    'StructureThenPage',
  ),
});

export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    publicPage,
    office.addChildren([
      home,
      place,
      center,
      assignment,
      station,
      volunteers,
      newVolunteer,
      bringVolunteers,
      bringWorkers,
      volunteer,
      workers,
      newWorker,
      worker,
      history,
      audit,
      takenLists,
      command,
      overview,
      structureThen,
    ]),
  ]),
  defaultPendingComponent: Loading,
  defaultPendingMs: 300,
  defaultErrorComponent: ({ error }) => <PageFailed error={error instanceof Error ? error : new Error(String(error))} />,
  defaultPreload: 'intent',
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
